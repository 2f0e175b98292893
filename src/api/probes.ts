/**
 * The probes' and metrics' endpoints: `/healthz`, `/readyz` and `/metrics`.
 * Health answers whether the process works; readiness whether it does what it is there for, and if not, why not.
 * https://kubernetes.io/docs/reference/using-api/health-checks/
 */
import type { ServerResponse } from 'node:http';
import { type Endpoint, sendText } from './listener.ts';

export interface Check {
  readonly name: string;
  /** Why it fails, one line for people; absent when it is well. */
  readonly problem?: string;
  /** What should be known although it is well, one line. */
  readonly note?: string;
}

export interface Probes {
  /** Rejects when the process is not working. */
  readonly health: () => Promise<void>;
  readonly readiness: () => Promise<readonly Check[]>;
  /** In the Prometheus text format. */
  readonly metrics: () => Promise<string>;
}

const PATHS = ['/healthz', '/readyz', '/metrics'];

export function probesEndpoint(probes: Probes, { local = false }: Pick<Endpoint, 'local'> = {}): Endpoint {
  return {
    local,
    serves: (path) => PATHS.includes(path),
    answer: ({ url }, response) => answer(probes, url?.split('?', 1)[0], response),
  };
}

async function answer(probes: Probes, path: string | undefined, response: ServerResponse): Promise<void> {
  if (path === '/healthz') {
    await probes.health();
    sendText(response, 200, 'ok\n');
  } else if (path === '/readyz') {
    const checks = await probes.readiness();
    const ready = checks.every((check) => check.problem === undefined);
    const lines = checks.map(({ name, problem, note }) =>
      problem === undefined ? `[+] ${name} ok${note === undefined ? '' : `: ${note}`}` : `[-] ${name}: ${problem}`,
    );
    sendText(response, ready ? 200 : 503, `${lines.join('\n')}\n${ready ? 'ready' : 'not ready'}\n`);
  } else sendText(response, 200, await probes.metrics(), 'text/plain; version=0.0.4; charset=utf-8');
}
