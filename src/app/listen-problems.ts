import type { RuleProblem } from '../config/rule.ts';
import { isObject } from '../util/is-object.ts';
import { isLoopback } from '../util/loopback.ts';

/** Why an address that others can reach must not be listened on as the rest is. */
export function* listenProblems(config: Readonly<Record<string, unknown>>): Generator<RuleProblem> {
  const { listen, tls, authentication, readTokenFile, insecure } = config;
  if (!isObject(listen) || typeof listen['port'] !== 'number') return;
  const { host } = listen;
  if (insecure === true || (typeof host === 'string' && isLoopback(host))) return;
  const isAuthenticated = authentication === 'kubernetes' || readTokenFile !== undefined;
  const missing = [
    ...(tls === undefined ? ['tls'] : []),
    ...(isAuthenticated ? [] : ['`authentication: kubernetes` or a readTokenFile']),
  ];
  if (missing.length === 0) return;
  const message = `want an address of this machine alone, such as 127.0.0.1:7780, or ${missing.join(', and ')}, or \`insecure: true\``;
  yield { path: ['listen'], message };
}
