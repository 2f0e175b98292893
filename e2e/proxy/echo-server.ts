/** The API server of an extension, for what a kubelet would be asked for: upgraded streams, and bodies of any size. */
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import type { Duplex } from 'node:stream';
import type { ControlPlane } from '../cluster/control-plane.ts';

export const ECHO = '/apis/echo.e2e/v1';
const MEGABYTE = 1024 * 1024;

export interface EchoServer {
  /** What makes the API server pass the group on. */
  readonly objects: readonly object[];
  close(): void;
}

/** `GET download/N` gives N MiB, `POST upload` the size and SHA-256 of what it gets, an upgrade what it gets. */
export async function startEchoServer(controlPlane: ControlPlane): Promise<EchoServer> {
  const { certFile, keyFile } = controlPlane.issue({
    name: 'echo',
    subject: '/CN=echo',
    names: 'DNS:echo.default.svc',
  });
  const server = createServer({ cert: readFileSync(certFile), key: readFileSync(keyFile), allowHalfOpen: true });
  server.requestTimeout = 0;
  server.on('request', (request: IncomingMessage, response: ServerResponse) => void answer(request, response));
  server.on('upgrade', (request: IncomingMessage, socket: Duplex, head: Buffer) => {
    const protocol = request.headers.upgrade;
    socket.write(`HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: ${protocol}\r\n\r\n`);
    socket.write(head);
    socket.on('error', () => {});
    socket.pipe(socket);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const caBundle = controlPlane.authority['certificate-authority-data'];
  return {
    objects: [
      {
        apiVersion: 'v1',
        kind: 'Service',
        metadata: { name: 'echo', namespace: 'default' },
        spec: { type: 'ExternalName', externalName: 'localhost' },
      },
      {
        apiVersion: 'apiregistration.k8s.io/v1',
        kind: 'APIService',
        metadata: { name: 'v1.echo.e2e' },
        spec: {
          group: 'echo.e2e',
          version: 'v1',
          groupPriorityMinimum: 100,
          versionPriority: 100,
          service: { name: 'echo', namespace: 'default', port },
          caBundle,
        },
      },
    ],
    close() {
      server.close();
      server.closeAllConnections();
    },
  };
}

async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
  const [, action, amount] = /\/(download|upload)(?:\/(\d+))?$/.exec(request.url ?? '') ?? [];
  if (action === 'download') {
    const block = Buffer.alloc(MEGABYTE, 'x');
    for (let sent = 0; sent < Number(amount); sent++) if (!response.write(block)) await once(response, 'drain');
    response.end();
  } else if (action === 'upload') {
    const hash = createHash('sha256');
    let size = 0;
    for await (const chunk of request) {
      hash.update(chunk as Buffer);
      size += (chunk as Buffer).length;
    }
    response.end(`${size} ${hash.digest('hex')}`);
  } else {
    response.setHeader('Content-Type', 'application/json');
    response.end('{"kind":"APIResourceList","apiVersion":"v1","groupVersion":"echo.e2e/v1","resources":[]}');
  }
}
