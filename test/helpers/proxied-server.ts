/** A server behind a proxy, and what a client sees through it on the wire. */
import { createServer, type RequestListener, type Server } from 'node:http';
import { type AddressInfo, connect, type Socket } from 'node:net';
import { onTestFinished } from 'vitest';
import { listenProxy, Proxy, type ProxyOptions } from '../../src/api/proxy/proxy.ts';
import { ApiServerAgents } from '../../src/sources/kubernetes/api-server-agents.ts';
import type { ClientConfig } from '../../src/sources/kubernetes/client-config.ts';
import { createProxyMetrics, type ProxyMetrics } from '../../src/telemetry/proxy-metrics.ts';

export interface Proxied {
  readonly url: string;
  readonly port: number;
  readonly metrics: ProxyMetrics;
  /** What was said about the server, in order. */
  readonly said: readonly string[];
  readonly close: () => Promise<void>;
}

/** A proxy in front of a URL. */
export async function proxyOf(
  server: string,
  config: Partial<ClientConfig> = {},
  more: Partial<ProxyOptions> = {},
): Promise<Proxied> {
  const upstream = new ApiServerAgents({
    server,
    tls: { insecure: false },
    disableCompression: false,
    auth: { token: 'of-tidings' },
    ...config,
  });
  const said: string[] = [];
  const say = (_: object, text: string): void => void said.push(text);
  const metrics = createProxyMetrics();
  const proxy = new Proxy({ upstream, metrics, logger: { info: say, warn: say } as never, ...more });
  const listener = await listenProxy(proxy, { host: '127.0.0.1', port: 0 });
  onTestFinished(async () => {
    await listener.close();
    upstream.close();
  });
  const { url } = listener;
  return { url, port: Number(new URL(url).port), metrics, said, close: () => listener.close() };
}

/** A server of Node's on a free port; more may be listened to on it. */
export async function serverBehind(listener: RequestListener = () => {}, port = 0): Promise<Server & { url: string }> {
  const server = createServer({ maxHeaderSize: 1024 * 1024 }, listener);
  server.maxHeadersCount = 0;
  const sockets = new Set<Socket>();
  server.on('connection', (socket: Socket) => {
    sockets.add(socket);
    socket.on('error', () => {});
  });
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
  const close = (): void => {
    server.close();
    for (const socket of sockets) socket.destroy();
  };
  onTestFinished(close);
  const { port: taken } = server.address() as AddressInfo;
  return Object.assign(server, { url: `http://127.0.0.1:${taken}` });
}

export interface RawConnection {
  readonly socket: Socket;
  /** What has arrived. */
  text(): string;
  /** How it has ended for the client: by FIN, or broken off. */
  ended(): 'ended' | 'broken' | undefined;
}

/** Sends bytes as they are. */
export function rawConnection(port: number, text: string): RawConnection {
  const socket = connect({ port, host: '127.0.0.1', allowHalfOpen: true });
  let received = '';
  let ended: 'ended' | 'broken' | undefined;
  socket.setEncoding('latin1');
  socket.on('data', (chunk: string) => {
    received += chunk;
  });
  socket.on('end', () => {
    ended ??= 'ended';
  });
  socket.on('error', () => {
    ended ??= 'broken';
  });
  socket.write(text, 'latin1');
  onTestFinished(() => void socket.destroy());
  return { socket, text: () => received, ended: () => ended };
}
