/** An HTTP or HTTPS server on a free port that answers by a script, and is gone when the test is. */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { createServer as createTlsServer, type ServerOptions } from 'node:https';
import { connect, type Socket } from 'node:net';
import { onTestFinished } from 'vitest';

export interface SeenRequest {
  readonly method: string;
  /** With its query; of a request to a proxy, the whole URL or `host:port`. */
  readonly target: string;
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
}

/** Answers, breaks off (`response.destroy()`), or leaves the request without an answer. */
export type HttpScript = (request: SeenRequest, response: ServerResponse) => void;

export interface ScriptedHttpServer {
  /** `http://127.0.0.1:port`, or `https://localhost:port`. */
  readonly origin: string;
  /** Every request that came in whole. */
  readonly requests: readonly SeenRequest[];
  /** How many connections were made. */
  readonly connections: number;
  /** May be replaced while it runs. */
  script: HttpScript;
}

/** With `tls` it speaks HTTPS. */
export async function httpServer(
  script: HttpScript = (_, response) => void response.end(),
  tls?: ServerOptions,
): Promise<ScriptedHttpServer> {
  const state = { script, origin: '', requests: [] as SeenRequest[], connections: 0 };
  const listener = (request: IncomingMessage, response: ServerResponse): void => {
    // What a client breaks off is no error of the server's.
    response.on('error', () => {});
    const chunks: Buffer[] = [];
    request.on('error', () => {});
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const seen = seenRequest(request, Buffer.concat(chunks));
      state.requests.push(seen);
      state.script(seen, response);
    });
  };
  const server = tls ? createTlsServer(tls, listener) : createServer(listener);
  server.on('connection', () => state.connections++);
  server.on('tlsClientError', () => {});
  const port = await listening(server);
  state.origin = tls ? `https://localhost:${port}` : `http://127.0.0.1:${port}`;
  return state;
}

/** A proxy that lets everything through, or answers every request with the status; not the first tunnels asked for. */
export async function httpProxy(status = 200, { unanswered = 0 } = {}): Promise<ScriptedHttpServer> {
  const requests: SeenRequest[] = [];
  const server = createServer((request, response) => {
    requests.push(seenRequest(request, Buffer.alloc(0)));
    response.writeHead(status).end();
  });
  server.on('connect', (request: IncomingMessage, socket: Socket) => {
    requests.push(seenRequest(request, Buffer.alloc(0)));
    socket.on('error', () => {});
    if (requests.length <= unanswered) return;
    if (status !== 200) {
      socket.end(`HTTP/1.1 ${status} Refused\r\n\r\n`);
      return;
    }
    const { hostname, port } = new URL(`http://${request.url}`);
    const target = connect(Number(port), hostname, () => {
      socket.write('HTTP/1.1 200 Connected\r\n\r\n');
      socket.pipe(target).pipe(socket);
    });
    target.on('error', () => socket.destroy());
    socket.on('close', () => target.destroy());
  });
  const port = await listening(server);
  return { origin: `http://127.0.0.1:${port}`, requests, connections: 0, script: () => {} };
}

/** A port of this machine on which nobody listens. */
export async function unusedPort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const port = portOf(server);
  await new Promise((resolve) => server.close(resolve));
  return port;
}

async function listening(server: Server): Promise<number> {
  const sockets = new Set<Socket>();
  server.on('connection', (socket) => {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(async () => {
    const closed = new Promise((resolve) => server.close(resolve));
    for (const socket of sockets) socket.destroy();
    await closed;
  });
  return portOf(server);
}

function portOf(server: Server): number {
  const address = server.address();
  return typeof address === 'object' && address ? address.port : 0;
}

function seenRequest(request: IncomingMessage, body: Buffer): SeenRequest {
  const headers = Object.entries(request.headers).map(([name, value]) => [name, String(value)]);
  return { method: request.method ?? '', target: request.url ?? '', headers: Object.fromEntries(headers), body };
}
