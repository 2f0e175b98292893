import type { RuleProblem } from '../config/rule.ts';
import { isObject } from '../util/is-object.ts';
import { isLoopback } from '../util/loopback.ts';

/** Why an address that others can reach must not be listened on as the rest is. */
export function* listenProblems(config: Readonly<Record<string, unknown>>): Generator<RuleProblem> {
  const { listen, proxy, tls, authentication, readTokenFile, insecure } = config;
  if (insecure === true) return;
  const encryption = tls === undefined ? ['tls'] : [];
  const isAuthenticated = authentication === 'kubernetes' || readTokenFile !== undefined;
  const missing = [...encryption, ...(isAuthenticated ? [] : ['`authentication: kubernetes` or a readTokenFile'])];
  if (isReachable(listen) && missing.length > 0) yield problem(['listen'], missing);
  // Behind it the API server asks everybody who they are.
  const before = isObject(proxy) ? proxy['listen'] : undefined;
  if (isReachable(before) && encryption.length > 0) yield problem(['proxy', 'listen'], encryption);
}

function isReachable(address: unknown): boolean {
  if (!isObject(address) || typeof address['port'] !== 'number') return false;
  const { host } = address;
  return typeof host !== 'string' || !isLoopback(host);
}

function problem(path: readonly string[], missing: readonly string[]): RuleProblem {
  const message = `want an address of this machine alone, such as 127.0.0.1:7780, or ${missing.join(', and ')}, or \`insecure: true\``;
  return { path, message };
}
