/** Servers for a Kubernetes client, with certificates of two authorities, and clients that trust the first of them. */
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, type RequestListener, type Server } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { Socket, Server as TcpServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TlsOptions } from 'node:tls';
import { afterAll, onTestFinished } from 'vitest';
import { type ClientOptions, createClient, type KubernetesClient } from '../../src/sources/kubernetes/client.ts';
import type { ClientConfig } from '../../src/sources/kubernetes/client-config.ts';
import { CertificateAuthority } from './certificates.ts';

export const directory = mkdtempSync(join(tmpdir(), 'client-'));
export const authority = new CertificateAuthority(directory, 'authority');
export const stranger = new CertificateAuthority(directory, 'stranger');
export const onAddress = authority.issue('on-address', ['IP:127.0.0.1', 'DNS:localhost']);
export const onName = authority.issue('on-name', ['DNS:kubernetes.default']);
export const strange = stranger.issue('strange', ['IP:127.0.0.1']);
export const ca = { data: authority.authority.cert };

afterAll(() => rmSync(directory, { recursive: true }));

export async function listen(server: Server | TcpServer): Promise<number> {
  const sockets = new Set<Socket>();
  server.on('connection', (socket: Socket) => sockets.add(socket));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  const address = server.address();
  if (typeof address !== 'object' || address === null) throw new Error('not listening');
  return address.port;
}

export async function tlsServer(listener: RequestListener, options: TlsOptions = onAddress): Promise<string> {
  return `https://127.0.0.1:${await listen(createTlsServer(options, listener))}`;
}

export async function plainServer(listener: RequestListener): Promise<string> {
  return `http://127.0.0.1:${await listen(createServer(listener))}`;
}

type Overrides = Partial<Omit<ClientConfig, 'tls'>> & { readonly tls?: Partial<ClientConfig['tls']> };

export function clientOf(
  server: string,
  { tls, ...rest }: Overrides = {},
  options: ClientOptions = {},
): KubernetesClient {
  const config = { server, disableCompression: false, auth: {}, ...rest, tls: { insecure: false, ca, ...tls } };
  const client = createClient(config, options);
  onTestFinished(() => client.close());
  return client;
}

export const answerOk: RequestListener = (_request, response) => response.end('{"ok":true}');
export const OK = { ok: true };
