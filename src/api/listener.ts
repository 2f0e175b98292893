/** One address or socket, and what is served on it. */
import { chmod, rm } from 'node:fs/promises';
import {
  createServer,
  type IncomingMessage,
  type RequestListener,
  type Server,
  type ServerOptions,
  type ServerResponse,
} from 'node:http';
import { createServer as createTlsServer, type Server as TlsServer } from 'node:https';
import type { ListenAddress } from '../config/fields.ts';
import { AppError, messageOf } from '../core/errors.ts';
import { isLoopback } from '../util/loopback.ts';
import type { ServingTls } from './serving-tls.ts';

/** A hundred namespaces and a filter are more than the 16 KiB of Node. */
const MAX_HEADER_BYTES = 64 * 1024;
/** How often what is served with over TLS is looked at again. */
const TLS_REFRESH_MS = 10_000;

/** A part of what is served. */
export interface Endpoint {
  serves(path: string): boolean;
  /** When it rejects, the listener says so, or breaks off what was begun. */
  answer(request: IncomingMessage, response: ServerResponse): Promise<void>;
  /** Only for this machine, and not for pages of others that a browser shows on it. */
  readonly local?: boolean;
}

export interface Listener {
  /** With the port that was really taken. */
  readonly url: string;
  close(): Promise<void>;
}

export interface ListenOptions {
  /** Absent: plain HTTP. */
  readonly tls?: ServingTls;
  readonly tlsRefreshMs?: number;
}

/** Listens on an address. Rejects with AppError `LISTEN_FAILED`, or `CREDENTIALS_FAILED` for want of a certificate. */
export function listen(
  endpoints: readonly Endpoint[],
  address: ListenAddress,
  options: ListenOptions = {},
): Promise<Listener> {
  const setUp = (server: Server): void => void server.on('request', answerOf(endpoints));
  return openServer({ maxHeaderSize: MAX_HEADER_BYTES }, setUp, address, options);
}

/**
 * Listens on a socket that nobody but the owner may open. What is in its place is replaced. Rejects with AppError
 * `LISTEN_FAILED`.
 */
export async function listenOnSocket(
  endpoints: readonly Endpoint[],
  path: string,
): Promise<{ close(): Promise<void> }> {
  const server = createServer(answerOf(endpoints));
  try {
    await rm(path, { force: true });
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject);
      server.listen(path, resolve);
    });
    await chmod(path, 0o600);
  } catch (cause) {
    server.close();
    throw new AppError('LISTEN_FAILED', `listen on ${path}: ${messageOf(cause)}`, { cause });
  }
  return { close: () => close(server) };
}

function answerOf(endpoints: readonly Endpoint[]): RequestListener {
  return (request, response) => {
    const path = request.url?.split('?', 1)[0] ?? '/';
    const endpoint = endpoints.find((candidate) => candidate.serves(path));
    if (!endpoint) sendText(response, 404, `not found: ${path}\n`);
    else if (endpoint.local && !isLocal(request))
      sendText(response, 403, 'forbidden: want Host and Origin of this machine\n');
    else endpoint.answer(request, response).catch((error: unknown) => fail(response, error));
  };
}

/** Nothing that an answer runs into ends the program. */
function fail(response: ServerResponse, error: unknown): void {
  if (response.headersSent) response.destroy();
  else sendText(response, 500, `${messageOf(error)}\n`);
}

/** A server with these settings, set up before it listens. Rejects as `listen`. */
export async function openServer(
  settings: ServerOptions,
  setUp: (server: Server | TlsServer) => void,
  address: ListenAddress,
  { tls, tlsRefreshMs = TLS_REFRESH_MS }: ListenOptions,
): Promise<Listener> {
  if (!tls) {
    const server = createServer(settings);
    setUp(server);
    await startListening(server, address);
    return { url: urlOf(server, 'http'), close: () => close(server) };
  }
  const requested = { requestCert: tls.requestsCertificates, rejectUnauthorized: false };
  const used = await tls.current();
  const server = createTlsServer({ ...settings, ...used, ...requested });
  setUp(server);
  await startListening(server, address);
  const refreshing = setInterval(refresher(server, tls, used), tlsRefreshMs);
  return {
    url: urlOf(server, 'https'),
    close: () => {
      clearInterval(refreshing);
      return close(server);
    },
  };
}

/** For those who connect from now on. */
function refresher(server: TlsServer, tls: ServingTls, first: object): () => void {
  let used = first;
  return () => {
    tls.current().then(
      (options) => {
        if (options === used) return;
        server.setSecureContext(options);
        used = options;
      },
      // What is used can be used on.
      () => {},
    );
  };
}

function startListening(server: Server, address: ListenAddress): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => {
      const where = `${address.host ?? ''}:${address.port}`;
      const hint = 'Choose another address with --listen, --metrics-listen or --proxy-listen, port 0 for any free one';
      const problem = `listen on ${where}: ${error.code ?? error.message}`;
      reject(new AppError('LISTEN_FAILED', problem, { cause: error, hint }));
    });
    server.listen(address.port, address.host, resolve);
  });
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

function urlOf(server: Server, scheme: 'http' | 'https'): string {
  const address = server.address();
  if (address === null || typeof address === 'string') return String(address);
  return `${scheme}://${address.family === 'IPv6' ? `[${address.address}]` : address.address}:${address.port}`;
}

function close(server: Server): Promise<void> {
  const closed = new Promise<void>((resolve) => {
    server.close(() => resolve());
  });
  server.closeAllConnections();
  return closed;
}
