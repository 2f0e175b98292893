/** One address, and what is served on it. */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { ListenAddress } from '../config/fields.ts';
import { AppError, messageOf } from '../core/errors.ts';
import { isLoopback } from '../util/loopback.ts';

/** A part of what is served. */
export interface Endpoint {
  serves(path: string): boolean;
  /** Rejects when it fails before anything was sent. */
  answer(request: IncomingMessage, response: ServerResponse): Promise<void>;
  /** Only for this machine, and not for pages of others that a browser shows on it. */
  readonly local?: boolean;
}

export interface Listener {
  /** With the port that was really taken. */
  readonly url: string;
  close(): Promise<void>;
}

/** Listens on an address. Rejects with AppError `LISTEN_FAILED`. */
export function listen(endpoints: readonly Endpoint[], address: ListenAddress): Promise<Listener> {
  const server = createServer((request, response) => {
    const path = request.url?.split('?', 1)[0] ?? '/';
    const endpoint = endpoints.find((candidate) => candidate.serves(path));
    if (!endpoint) sendText(response, 404, `not found: ${path}\n`);
    else if (endpoint.local && !isLocal(request))
      sendText(response, 403, 'forbidden: want Host and Origin of this machine\n');
    else endpoint.answer(request, response).catch((error: unknown) => sendText(response, 500, `${messageOf(error)}\n`));
  });
  return bind(server, address);
}

/** Makes a server listen. Rejects with AppError `LISTEN_FAILED`. */
export async function bind(server: Server, address: ListenAddress): Promise<Listener> {
  await new Promise<void>((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => {
      const where = `${address.host ?? ''}:${address.port}`;
      const hint = 'Choose another address with --listen, --metrics-listen or --proxy-listen, port 0 for any free one';
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

/** A page elsewhere can make a browser ask here, under a name that leads here, but must then tell that name. */
function isLocal({ headers: { host, origin } }: IncomingMessage): boolean {
  if (host === undefined || !isLoopback(host.replace(/:\d+$/, ''))) return false;
  if (origin === undefined) return true;
  return URL.canParse(origin) && isLoopback(new URL(origin).hostname);
}

export function sendText(
  response: ServerResponse,
  status: number,
  body: string,
  type = 'text/plain; charset=utf-8',
): void {
  const length = Buffer.byteLength(body);
  response.writeHead(status, { 'Content-Type': type, 'X-Content-Type-Options': 'nosniff', 'Content-Length': length });
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
