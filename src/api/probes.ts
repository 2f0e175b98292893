/**
 * The probes' and metrics' endpoints: `/healthz`, `/readyz` and `/metrics`.
 * Health answers whether the process works; readiness whether it does what it is there for, and if not, why not.
 * https://kubernetes.io/docs/reference/using-api/health-checks/
 */
import { createServer, type Server, type ServerResponse } from 'node:http';
import type { ListenAddress } from '../config/fields.ts';
import { AppError, messageOf } from '../core/errors.ts';

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

export interface Listener {
  /** With the port that was really taken. */
  readonly url: string;
  close(): Promise<void>;
}

/** Listens on an address. Rejects with AppError `LISTEN_FAILED`. */
export async function listen(probes: Probes, address: ListenAddress): Promise<Listener> {
  const server = createServer((request, response) => {
    const path = request.url?.split('?', 1)[0];
    answer(probes, path, response).catch((error: unknown) => send(response, 500, `${messageOf(error)}\n`));
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => {
      const where = `${address.host ?? ''}:${address.port}`;
      const hint = 'Choose another address with --listen or --metrics-listen, port 0 for any free one';
      reject(
        new AppError('LISTEN_FAILED', `listen on ${where}: ${error.code ?? error.message}`, {
          cause: error,
          hint,
        }),
      );
    });
    server.listen(address.port, address.host, resolve);
  });
  return { url: urlOf(server), close: () => close(server) };
}

async function answer(probes: Probes, path: string | undefined, response: ServerResponse): Promise<void> {
  if (path === '/healthz') {
    await probes.health();
    send(response, 200, 'ok\n');
  } else if (path === '/readyz') {
    const checks = await probes.readiness();
    const ready = checks.every((check) => check.problem === undefined);
    const lines = checks.map(({ name, problem, note }) =>
      problem === undefined ? `[+] ${name} ok${note === undefined ? '' : `: ${note}`}` : `[-] ${name}: ${problem}`,
    );
    send(response, ready ? 200 : 503, `${lines.join('\n')}\n${ready ? 'ready' : 'not ready'}\n`);
  } else if (path === '/metrics') {
    send(response, 200, await probes.metrics(), 'text/plain; version=0.0.4; charset=utf-8');
  } else {
    send(response, 404, 'not found: there are /healthz, /readyz and /metrics\n');
  }
}

function send(response: ServerResponse, status: number, body: string, type = 'text/plain; charset=utf-8'): void {
  response.writeHead(status, { 'Content-Type': type, 'X-Content-Type-Options': 'nosniff' });
  response.end(body);
}

function urlOf(server: Server): string {
  const address = server.address();
  if (address === null || typeof address === 'string') return String(address);
  return `http://${address.family === 'IPv6' ? `[${address.address}]` : address.address}:${address.port}`;
}

function close(server: Server): Promise<void> {
  const closed = new Promise<void>((resolve) => {
    server.close(() => resolve());
  });
  server.closeAllConnections();
  return closed;
}
