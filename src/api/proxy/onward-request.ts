/** A request as it is sent on to the API server: by the caller's own word, on a connection that is the program's. */
import { type ClientRequest, request as httpRequest, type IncomingMessage, type OutgoingMessage } from 'node:http';
import { request as httpsRequest } from 'node:https';
import type { Socket } from 'node:net';
import { TLSSocket } from 'node:tls';
import { requestHeaders } from './forwarded-headers.ts';
import type { Upstream, UpstreamAgents } from './upstream.ts';

/** As an API server reads them: https://pkg.go.dev/net/http#pkg-constants (DefaultMaxHeaderBytes). */
export const MAX_HEADER_BYTES = 1024 * 1024;

const CONNECT_TIMEOUT_MS = 10_000;

export interface OnwardRequest {
  readonly request: ClientRequest;
  /** Whether there was a connection: else the API server cannot have seen anything of it. */
  readonly wasConnected: () => boolean;
}

/** Throws for a request that cannot be sent. `more` are header fields beside the caller's. */
export function onwardRequest(
  incoming: IncomingMessage,
  { url }: Upstream,
  agent: UpstreamAgents[keyof UpstreamAgents],
  more: readonly string[] = [],
): OnwardRequest {
  const { protocol, hostname, port, host, pathname } = new URL(url);
  const send = protocol === 'https:' ? httpsRequest : httpRequest;
  const request = send({
    protocol,
    hostname: hostname.replace(/^\[(.*)\]$/, '$1'),
    port,
    method: incoming.method,
    path: `${pathname.replace(/\/$/, '')}${incoming.url ?? '/'}`,
    headers: [...requestHeaders(incoming, host), ...framing(incoming), ...more],
    agent,
    maxHeaderSize: MAX_HEADER_BYTES,
  });
  // Otherwise Node keeps two thousand and drops the rest.
  request.maxHeadersCount = 0;
  let isConnected = false;
  request.once('socket', (socket: Socket) => {
    isConnected = request.reusedSocket;
    if (!isConnected) onConnected(socket, () => (isConnected = true));
  });
  return { request, wasConnected: () => isConnected };
}

/** A server that does not answer at all must not hold a client for the minutes that a system waits. */
function onConnected(socket: Socket, callback: () => void): void {
  const timer = setTimeout(() => {
    socket.destroy(Object.assign(new Error('no connection in time'), { code: 'ETIMEDOUT' }));
  }, CONNECT_TIMEOUT_MS);
  socket.once('close', () => clearTimeout(timer));
  socket.once(socket instanceof TLSSocket ? 'secureConnect' : 'connect', () => {
    clearTimeout(timer);
    callback();
  });
}

export function hasBody({ headers }: IncomingMessage): boolean {
  return headers['transfer-encoding'] !== undefined || Number(headers['content-length'] ?? 0) > 0;
}

/** How the body travels on, unless Content-Length says it. */
function framing({ headers, method = '' }: IncomingMessage): string[] {
  if (headers['transfer-encoding'] !== undefined) return ['Transfer-Encoding', 'chunked'];
  const isExpected = headers['content-length'] === undefined && ['POST', 'PUT', 'PATCH'].includes(method);
  return isExpected ? ['Content-Length', '0'] : [];
}

/** Sends the head before there is a body. Unlike `flushHeaders` it leaves the bytes of header fields as they came. */
export function sendHead(message: OutgoingMessage): void {
  message.write(Buffer.alloc(0));
}
