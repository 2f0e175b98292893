/**
 * An HTTP/1.1 server on a raw socket that answers requests for events by a script, byte for byte: so that a test can cut
 * a connection within a frame, stay silent, or leave out the last chunk.
 */
import { createServer, type Server, type Socket } from 'node:net';
import { onTestFinished } from 'vitest';

export interface ScriptedRequest {
  readonly kind: 'list' | 'refresh' | 'watch' | 'namespace';
  readonly path: string;
  readonly query: Readonly<Record<string, string>>;
  readonly headers: string;
}

export type Answer = (reply: Reply, request: ScriptedRequest) => void;

/** One response being written. */
export class Reply {
  readonly #socket: Socket;
  constructor(socket: Socket) {
    this.#socket = socket;
  }

  json(status: number, body: unknown, headers = ''): void {
    const text = JSON.stringify(body);
    this.#socket.write(
      `HTTP/1.1 ${status} Status\r\n${headers}Content-Length: ${Buffer.byteLength(text)}\r\n\r\n${text}`,
    );
  }

  status(code: number, reason: string, message: string, headers = ''): void {
    this.json(code, { kind: 'Status', apiVersion: 'v1', status: 'Failure', code, reason, message }, headers);
  }

  /** Begins a chunked body. */
  begin(): this {
    this.#socket.write('HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n');
    return this;
  }

  chunk(text: string | Buffer): this {
    this.#socket.write(`${Buffer.byteLength(text).toString(16)}\r\n`);
    this.#socket.write(text);
    this.#socket.write('\r\n');
    return this;
  }

  end(): void {
    this.#socket.write('0\r\n\r\n');
  }

  cut(): void {
    this.#socket.destroy();
  }

  /** Whether the client has given the connection up. */
  get isGone(): boolean {
    return this.#socket.destroyed;
  }

  get unsentBytes(): number {
    return this.#socket.writableLength;
  }
}

export class ScriptedServer {
  readonly requests: ScriptedRequest[] = [];
  /** What answers each kind of request: the first of several is used once. */
  readonly script: { [kind in ScriptedRequest['kind']]: Answer[] };
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();
  #port = 0;

  constructor(script: Partial<Record<ScriptedRequest['kind'], readonly Answer[]>>) {
    const forbidden: Answer = (reply) => reply.status(403, 'Forbidden', 'not in this test');
    this.script = {
      list: [...(script.list ?? [])],
      refresh: [...(script.refresh ?? [])],
      watch: [...(script.watch ?? [])],
      namespace: [...(script.namespace ?? [forbidden])],
    };
    this.#server = createServer((socket) => this.#serve(socket));
  }

  async listen(): Promise<string> {
    await new Promise<void>((resolve) => this.#server.listen(this.#port, '127.0.0.1', resolve));
    const address = this.#server.address();
    this.#port = typeof address === 'object' && address ? address.port : 0;
    return `http://127.0.0.1:${this.#port}`;
  }

  /** Cuts every connection and refuses new ones, until it listens again. */
  async stop(): Promise<void> {
    for (const socket of this.#sockets) socket.destroy();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  of(kind: ScriptedRequest['kind']): ScriptedRequest[] {
    return this.requests.filter((request) => request.kind === kind);
  }

  #serve(socket: Socket): void {
    this.#sockets.add(socket);
    socket.on('close', () => this.#sockets.delete(socket));
    socket.on('error', () => {});
    let received = '';
    socket.on('data', (data) => {
      received += data.toString();
      for (let end = received.indexOf('\r\n\r\n'); end !== -1; end = received.indexOf('\r\n\r\n')) {
        const head = received.slice(0, end);
        received = received.slice(end + 4);
        this.#answer(head, new Reply(socket));
      }
    });
  }

  #answer(head: string, reply: Reply): void {
    const url = new URL(head.split(' ')[1] ?? '/', 'http://server');
    const query = Object.fromEntries(url.searchParams);
    const kind = !url.pathname.endsWith('/events')
      ? 'namespace'
      : query['watch']
        ? 'watch'
        : query['limit'] === '1'
          ? 'refresh'
          : 'list';
    const request = { kind, path: url.pathname, query, headers: head.toLowerCase() } as const;
    this.requests.push(request);
    const answers = this.script[kind];
    const answer = answers.length > 1 ? answers.shift() : answers[0];
    if (answer) answer(reply, request);
    else reply.status(500, 'InternalError', `no ${kind} in this test`);
  }
}

/** A listening server that is gone when the test is. */
export async function scriptedServer(
  script: ConstructorParameters<typeof ScriptedServer>[0],
): Promise<{ readonly server: ScriptedServer; readonly url: string }> {
  const server = new ScriptedServer(script);
  const url = await server.listen();
  onTestFinished(() => server.stop());
  return { server, url };
}
