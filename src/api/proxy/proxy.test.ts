import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { once } from 'node:events';
import { get, request as httpRequest, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import { createServer as createTcpServer } from 'node:net';
import { setImmediate as turn } from 'node:timers/promises';
import { describe, expect, onTestFinished, test, vi } from 'vitest';
import { ca, listen, onAddress, strange } from '../../../test/helpers/client-servers.ts';
import { unusedPort } from '../../../test/helpers/http-server.ts';
import { proxyOf, rawConnection, serverBehind } from '../../../test/helpers/proxied-server.ts';

const MEGABYTE = 1024 * 1024;

async function bodyOf(message: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of message) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString('latin1');
}

/** As they come: names and values by turns. */
function headersOf(...lines: readonly string[]): string[] {
  return lines.flatMap((line) => line.split(': '));
}

async function lengthOf(message: IncomingMessage): Promise<number> {
  let length = 0;
  for await (const chunk of message) length += (chunk as Buffer).length;
  return length;
}

describe('a request', () => {
  test('arrives as it was made, with the credentials of the caller and no others', async () => {
    let seen: { line: string; headers: string[]; body: string } | undefined;
    const server = await serverBehind((request, response) => {
      void bodyOf(request).then((body) => {
        seen = { line: `${request.method} ${request.url}`, headers: request.rawHeaders, body };
        response.end('ok');
      });
    });
    const { port } = await proxyOf(`${server.url}/base`);
    const client = rawConnection(
      port,
      'PATCH /a//b%2Fc?x=%20&x=y HTTP/1.1\r\nHost: tidings\r\nauthorization: Bearer of-caller\r\n' +
        'Impersonate-Group: a\r\nimpersonate-group: b\r\nX-Forwarded-For: 10.0.0.1\r\nX-MiXed: \xe4\r\nKeep-Alive: x\r\nTE: trailers\r\n' +
        'Connection: x-hop, Impersonate-Group, Authorization, close\r\nX-Hop: 1\r\nContent-Length: 4\r\n\r\nbody',
    );
    await vi.waitFor(() => expect(client.ended()).toBe('ended'));
    expect(client.text()).toMatch(/^HTTP\/1.1 200 OK\r\n/);
    expect(seen).toEqual({
      line: 'PATCH /base/a//b%2Fc?x=%20&x=y',
      headers: headersOf(
        `Host: ${new URL(server.url).host}`,
        'authorization: Bearer of-caller',
        'Impersonate-Group: a',
        'impersonate-group: b',
        'X-MiXed: \xe4',
        'Content-Length: 4',
        'X-Forwarded-For: 10.0.0.1, 127.0.0.1',
        'Via: 1.1 tidings',
        'Connection: keep-alive',
      ),
      body: 'body',
    });
  });

  test.each([
    ['POST', '', 'content-length: 0'],
    ['DELETE', 'Transfer-Encoding: chunked\r\n', 'transfer-encoding: chunked'],
    ['GET', '', ''],
  ])('%s has a body when it came with one', async (method, field, framing) => {
    const server = await serverBehind((request, response) => {
      const { 'content-length': length, 'transfer-encoding': encoding } = request.headers;
      const sent = [length && `content-length: ${length}`, encoding && `transfer-encoding: ${encoding}`].filter(
        Boolean,
      );
      void bodyOf(request).then((body) => response.end(`<${sent.join()}|${body}>`));
    });
    const { port } = await proxyOf(server.url);
    const body = field ? '3\r\nabc\r\n0\r\n\r\n' : '';
    const client = rawConnection(port, `${method} / HTTP/1.1\r\nHost: a\r\n${field}\r\n${body}`);
    await vi.waitFor(() => expect(client.text()).toContain(`<${framing}|${body && 'abc'}>`));
  });

  test.each(['GET', 'DELETE', 'OPTIONS'])('%s cannot hide another one in its body', async (method) => {
    const seen: string[] = [];
    const server = await serverBehind((request, response) => {
      seen.push(`${request.method} ${request.url}`);
      void bodyOf(request).then((body) => response.end(`<${body}>`));
    });
    const { port } = await proxyOf(server.url);
    const hidden = 'GET /hidden HTTP/1.1\r\nHost: a\r\n\r\n';
    const fields = `Connection: Content-Length\r\nContent-Length: ${hidden.length}\r\n`;
    const client = rawConnection(port, `${method} /seen HTTP/1.1\r\nHost: a\r\n${fields}\r\n${hidden}`);
    await vi.waitFor(() => expect(client.text()).toContain(`<${hidden}>`));
    expect(seen).toEqual([`${method} /seen`]);
  });

  test('may take its time for the body, but not for the head', async () => {
    const servers = new Set<Server>();
    const learn = (message: unknown): void => void servers.add((message as { server: Server }).server);
    // https://nodejs.org/api/diagnostics_channel.html#http
    subscribe('http.server.request.start', learn);
    onTestFinished(() => void unsubscribe('http.server.request.start', learn));
    const { url } = await proxyOf(`http://127.0.0.1:${await unusedPort()}`);
    await fetch(url);
    expect([...servers].map(({ requestTimeout, headersTimeout }) => [requestTimeout, headersTimeout])).toEqual([
      [0, 32_000],
    ]);
  });

  test('may have as many and as large header fields as an API server reads', async () => {
    const server = await serverBehind((request, response) => {
      response.setHeader('X-Answer', 'z'.repeat(200_000));
      response.end(`<${request.rawHeaders.filter((name) => name === 'Impersonate-Extra-A').length}>`);
    });
    const { port } = await proxyOf(server.url);
    const fields = `X: ${'y'.repeat(200_000)}\r\n${'Impersonate-Extra-A: b\r\n'.repeat(2_500)}`;
    const client = rawConnection(port, `GET / HTTP/1.1\r\nHost: a\r\n${fields}\r\n`);
    await vi.waitFor(() => expect(client.text()).toMatch(/z{200000}\r\n[^]*<2500>/));
  });

  test('is not sent on faster than it is taken, nor an answer', async () => {
    const chunk = Buffer.alloc(MEGABYTE);
    let sent = 0;
    const flood = async (to: ServerResponse | ReturnType<typeof httpRequest>): Promise<void> => {
      for (sent = 0; sent < 64; sent++) if (!to.write(chunk)) await once(to, 'drain');
      to.end();
    };
    let taken: IncomingMessage | undefined;
    const server = await serverBehind((request, response) => {
      if (request.method === 'GET') void flood(response);
      else taken = request;
    });
    const { url } = await proxyOf(server.url);
    const stalled = async (): Promise<number> => {
      for (let before = -1; before !== sent; ) {
        before = sent;
        for (let turns = 0; turns < 2_000; turns++) await turn();
      }
      return sent;
    };
    const [answer] = (await once(get(url), 'response')) as [IncomingMessage];
    expect(await stalled()).toBeLessThan(40);
    expect(await lengthOf(answer)).toBe(64 * MEGABYTE);
    const upload = httpRequest(url, { method: 'POST' });
    upload.on('error', () => {});
    void flood(upload).catch(() => {});
    await vi.waitFor(() => expect(taken).toBeDefined());
    expect(await stalled()).toBeLessThan(40);
    expect(taken && (await lengthOf(taken))).toBe(64 * MEGABYTE);
    upload.destroy();
  });

  test('that the client breaks off is broken off behind the proxy, however far it is', async () => {
    const closed: string[] = [];
    const server = await serverBehind((request, response) => {
      response.on('close', () => closed.push(request.url ?? ''));
      if (request.url === '/watch') response.write('x');
      request.resume();
    });
    const { port } = await proxyOf(server.url);
    const watching = rawConnection(port, 'GET /watch HTTP/1.1\r\nHost: a\r\n\r\n');
    const waiting = rawConnection(port, 'GET /wait HTTP/1.1\r\nHost: a\r\n\r\n');
    const sending = rawConnection(port, 'POST /send HTTP/1.1\r\nHost: a\r\nContent-Length: 9\r\n\r\nhalf');
    await vi.waitFor(() => expect(watching.text()).toMatch(/x\r\n$/));
    await vi.waitFor(async () => expect(await connectionsOf(server)).toBe(3));
    for (const { socket } of [watching, waiting, sending]) socket.destroy();
    await vi.waitFor(() => expect(closed.sort()).toEqual(['/send', '/wait', '/watch']));
  });

  test('asks the API server whether the body is to come', async () => {
    const server = await serverBehind();
    server.on('checkContinue', (request: IncomingMessage, response: ServerResponse) => {
      if (request.url === '/no') return void response.writeHead(413).end('too large');
      response.writeContinue();
      void bodyOf(request).then((body) => response.end(`<${body}>`));
    });
    const { port } = await proxyOf(server.url);
    const head = (path: string): string =>
      `POST ${path} HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 4\r\n\r\n`;
    const refused = rawConnection(port, head('/no'));
    await vi.waitFor(() => expect(refused.text()).toMatch(/^HTTP\/1.1 413 [^]*too large/));
    const wanted = rawConnection(port, head('/yes'));
    await vi.waitFor(() => expect(wanted.text()).toBe('HTTP/1.1 100 Continue\r\n\r\n'));
    wanted.socket.write('body');
    await vi.waitFor(() => expect(wanted.text()).toContain('<body>'));
  });

  test('that offers HTTP/2 is answered by HTTP/1.1', async () => {
    const server = await serverBehind((request, response) => response.end(`<${request.headers.upgrade}>`));
    const { port } = await proxyOf(server.url);
    const offer = 'Connection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AAA\r\n';
    const client = rawConnection(port, `GET / HTTP/1.1\r\nHost: a\r\n${offer}\r\n`);
    await vi.waitFor(() => expect(client.text()).toMatch(/^HTTP\/1.1 200 OK[^]*<undefined>/));
  });
});

describe('an answer', () => {
  test('comes as it was given: status, repeated fields, chunks and trailers', async () => {
    const server = await serverBehind((_, response) => {
      response.writeHead(299, 'Fine', ['Warning', 'a', 'warning', 'b', 'Date', 'never', 'Trailer', 'X-End']);
      response.write('one');
      response.addTrailers([['X-End', 'c']]);
      response.end('two');
    });
    const { port, said } = await proxyOf(server.url);
    const client = rawConnection(port, 'GET / HTTP/1.1\r\nHost: a\r\n\r\n');
    await vi.waitFor(() => expect(client.text()).toMatch(/X-End: c\r\n\r\n$/));
    const [head, body] = client.text().split('\r\n\r\n3\r\n');
    expect(head?.split('\r\n').filter((line) => !/^(Connection|Keep-Alive):/.test(line))).toEqual([
      'HTTP/1.1 299 Fine',
      'Warning: a',
      'warning: b',
      'Date: never',
      'Trailer: X-End',
      'Transfer-Encoding: chunked',
    ]);
    expect(body).toBe('one\r\n3\r\ntwo\r\n0\r\nX-End: c\r\n\r\n');
    expect(said).toEqual([]);
  });

  test('may have no body, and hints before it', async () => {
    const server = await serverBehind((request, response) => {
      if (request.method === 'HEAD') return void response.writeHead(200, { 'Content-Length': 5 }).end();
      if (request.url === '/304') return void response.writeHead(304, { ETag: '"a"' }).end();
      response.writeEarlyHints({ link: '</a>; rel=preload' }, () => response.writeHead(204).end());
    });
    const { port } = await proxyOf(server.url);
    const client = rawConnection(port, 'HEAD / HTTP/1.1\r\nHost: a\r\n\r\n');
    await vi.waitFor(() => expect(client.text()).toMatch(/200 OK[^]*Content-Length: 5[^]*\r\n\r\n$/));
    client.socket.write('GET /304 HTTP/1.1\r\nHost: a\r\n\r\n');
    await vi.waitFor(() => expect(client.text()).toMatch(/304 Not Modified\r\nETag: "a"[^]*\r\n\r\n$/));
    client.socket.write('GET / HTTP/1.1\r\nHost: a\r\n\r\n');
    await vi.waitFor(() =>
      expect(client.text()).toMatch(/HTTP\/1.1 103 Early Hints\r\nLink: [^\r]*\r\n\r\nHTTP\/1.1 204 [^]*\r\n\r\n$/),
    );
  });

  test.each([
    ['099 Odd', ''],
    ['200 O\x01K', ''],
    ['101 Switching Protocols', 'Connection: Upgrade\r\nUpgrade: x\r\n'],
  ])('that may not be sent on is told as 502, and the next one comes as it is: %j', async (status, fields) => {
    const odd = `HTTP/1.1 ${status}\r\n${fields}Content-Length: 0\r\n\r\n`;
    const answers = [odd, 'HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok'];
    const server = createTcpServer((socket) => void socket.once('data', () => socket.end(answers.shift() ?? '')));
    const { url } = await proxyOf(`http://127.0.0.1:${await listen(server)}`);
    expect((await fetch(url)).status).toBe(502);
    expect(await (await fetch(url)).text()).toBe('ok');
  });

  test('that breaks off breaks off for the client', async () => {
    const server = await serverBehind((_, response) => {
      response.write('part', () => response.destroy());
    });
    const { port } = await proxyOf(server.url);
    const client = rawConnection(port, 'GET / HTTP/1.1\r\nHost: a\r\n\r\n');
    await vi.waitFor(() => expect(client.ended()).toBeDefined());
    expect(client.text()).toMatch(/4\r\npart\r\n$/);
  });
});

describe('an API server', () => {
  test('that is down is told as 503, to be tried again, and once to the operator', async () => {
    const port = await unusedPort();
    const proxy = await proxyOf(`http://127.0.0.1:${port}`);
    for (const method of ['GET', 'POST']) {
      const response = await fetch(proxy.url, { method, ...(method === 'POST' && { body: 'x' }) });
      expect([response.status, response.headers.get('retry-after')]).toEqual([503, '1']);
      expect(await response.json()).toMatchObject({
        kind: 'Status',
        reason: 'ServiceUnavailable',
        message: 'the API server behind Tidings did not answer: connection refused',
        code: 503,
      });
    }
    await serverBehind((_, response) => response.end('back'), port);
    expect(await (await fetch(proxy.url)).text()).toBe('back');
    expect(proxy.said).toEqual([
      'the API server behind the proxy does not answer',
      'the API server behind the proxy answers again',
    ]);
    expect(await proxy.metrics.registry.metrics()).toContain('tidings_proxy_failures_total 2');
  });

  test('that breaks off before it answers is no reason to do a write again', async () => {
    const server = await serverBehind((request) => request.socket.destroy());
    const { url } = await proxyOf(server.url);
    const write = await fetch(url, { method: 'POST', body: '{}' });
    expect([write.status, write.headers.get('retry-after')]).toEqual([502, null]);
    const read = await fetch(url);
    expect([read.status, read.headers.get('retry-after')]).toEqual([503, '1']);
  });

  test('that closed a connection nobody used is asked again on another one', async () => {
    let connections = 0;
    const server = createTcpServer((socket) => {
      connections++;
      socket.once('data', () => {
        socket.write('HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok');
        // The next request on it finds it closed.
        socket.once('data', () => socket.destroy());
      });
    });
    const { url } = await proxyOf(`http://127.0.0.1:${await listen(server)}`);
    for (let round = 0; round < 3; round++) expect(await (await fetch(url)).text()).toBe('ok');
    expect(connections).toBe(3);
  });

  test('is trusted as the kubeconfig says, and by no other word', async () => {
    const trusted = `https://127.0.0.1:${await listen(createTlsServer(onAddress, (_, response) => response.end('tls')))}`;
    const proxy = await proxyOf(trusted, { tls: { insecure: false, ca } });
    expect(await (await fetch(proxy.url)).text()).toBe('tls');
    const other = `https://127.0.0.1:${await listen(createTlsServer(strange, (_, response) => response.end('no')))}`;
    const refused = await fetch((await proxyOf(other, { tls: { insecure: false, ca } })).url);
    expect([refused.status, await refused.text()]).toEqual([503, expect.stringContaining('unknown authority')]);
    const missing = await proxyOf(trusted, { tls: { insecure: false, ca: { file: '/none' } } });
    expect((await fetch(missing.url)).status).toBe(503);
  });
});

async function connectionsOf(server: { getConnections(callback: (error: unknown, count: number) => void): unknown }) {
  return new Promise<number>((resolve) => server.getConnections((_, count) => resolve(count)));
}
