import type { IncomingMessage } from 'node:http';
import { createServer as createTcpServer } from 'node:net';
import { describe, expect, test, vi } from 'vitest';
import { listen } from '../../../test/helpers/client-servers.ts';
import { unusedPort } from '../../../test/helpers/http-server.ts';
import { proxyOf, rawConnection, serverBehind } from '../../../test/helpers/proxied-server.ts';

const MEGABYTE = 1024 * 1024;

describe('an upgrade', () => {
  const ASK =
    'POST /exec HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: SPDY/3.1\r\nX-Stream-Protocol-Version: v5\r\n\r\n';

  /** Agrees, says hello, and gives back what it gets until that ends. */
  async function echo() {
    const seen: IncomingMessage[] = [];
    const server = await serverBehind();
    server.on('upgrade', (request: IncomingMessage, socket, head: Buffer) => {
      seen.push(request);
      socket.write('HTTP/1.1 101 Switching Protocols\r\nconnection: Upgrade\r\nUpgrade: SPDY/3.1\r\n\r\nhello ');
      socket.write(head);
      socket.on('data', (chunk: Buffer) => socket.write(chunk));
      socket.on('end', () => socket.end(' bye'));
    });
    return { server, seen };
  }

  test('joins the two connections, each side of which may end before the other', async () => {
    const { server, seen } = await echo();
    const { port, metrics } = await proxyOf(server.url);
    const client = rawConnection(port, `${ASK}early `);
    await vi.waitFor(() => expect(client.text()).toMatch(/hello early $/));
    expect(client.text()).toBe(
      'HTTP/1.1 101 Switching Protocols\r\nconnection: Upgrade\r\nUpgrade: SPDY/3.1\r\n\r\nhello early ',
    );
    expect(seen[0]?.headers).toMatchObject({
      connection: 'Upgrade',
      upgrade: 'SPDY/3.1',
      'x-stream-protocol-version': 'v5',
    });
    expect(await metrics.registry.metrics()).toContain('tidings_proxy_upgrades 1');
    client.socket.write(Buffer.alloc(4 * MEGABYTE, 'x'));
    client.socket.end('last');
    await vi.waitFor(() => expect(client.ended()).toBe('ended'));
    expect(client.text()).toMatch(/xlast bye$/);
    expect(client.text().length).toBeGreaterThan(4 * MEGABYTE);
    await vi.waitFor(async () => expect(await metrics.registry.metrics()).toContain('tidings_proxy_upgrades 0'));
    expect(await metrics.registry.metrics()).toContain('tidings_proxy_requests_total{kind="upgraded"} 1');
  });

  test('breaks off on both sides when one does, and when the proxy ends', async () => {
    const { server, seen } = await echo();
    const { port, close } = await proxyOf(server.url);
    const open = async (count: number) => {
      const client = rawConnection(port, ASK);
      await vi.waitFor(() => expect(client.text()).toContain('hello'));
      expect(seen).toHaveLength(count);
      return client;
    };
    (await open(1)).socket.destroy();
    await vi.waitFor(() => expect(seen[0]?.socket.destroyed).toBe(true));
    const second = await open(2);
    seen[1]?.socket.destroy();
    await vi.waitFor(() => expect(second.ended()).toBeDefined());
    const third = await open(3);
    await close();
    await vi.waitFor(() => expect(third.ended()).toBeDefined());
    await vi.waitFor(() => expect(seen[2]?.socket.destroyed).toBe(true));
  });

  test('that is refused is refused in the words of the API server', async () => {
    const server = await serverBehind((request, response) => {
      response.writeHead(403, { 'Content-Type': 'application/json' });
      response.end(`no ${request.url}`);
    });
    const { port } = await proxyOf(server.url);
    const client = rawConnection(port, ASK);
    await vi.waitFor(() => expect(client.ended()).toBe('ended'));
    expect(client.text()).toMatch(/^HTTP\/1.1 403 Forbidden\r\nContent-Type: application\/json\r\n[^]*no \/exec/);
  });

  test('is answered with 503 when the API server is down, and broken off when it is too soon', async () => {
    const down = await proxyOf(`http://127.0.0.1:${await unusedPort()}`);
    const client = rawConnection(down.port, ASK);
    await vi.waitFor(() => expect(client.ended()).toBe('ended'));
    expect(client.text()).toMatch(/^HTTP\/1.1 503 [^]*Retry-After: 1[^]*"kind":"Status"/);
    const gone = createTcpServer((socket) => void socket.once('data', () => socket.destroy()));
    const broken = await proxyOf(`http://127.0.0.1:${await listen(gone)}`);
    const second = rawConnection(broken.port, ASK);
    await vi.waitFor(() => expect(second.text()).toMatch(/^HTTP\/1.1 502 /));
  });
});
