import { writeFileSync } from 'node:fs';
import { createServer, type IncomingMessage } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import { connect, createServer as createTcpServer, type Socket } from 'node:net';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import {
  answerOk,
  authority,
  ca,
  clientOf,
  directory,
  listen,
  OK,
  onAddress,
  onName,
  plainServer,
  strange,
  stranger,
  tlsServer,
} from '../../../test/helpers/client-servers.ts';

describe('a connection by TLS', () => {
  test('trusts a private authority, from a file that may be replaced', async () => {
    const file = join(directory, 'ca.crt');
    let now = 0;
    writeFileSync(file, stranger.authority.cert);
    const client = clientOf(await tlsServer(answerOk), { tls: { ca: { file } } }, { now: () => now });
    await expect(client.getJson('/')).rejects.toMatchObject({ code: 'API_REQUEST_FAILED' });
    writeFileSync(file, ca.data);
    now = 10_000;
    expect(await client.getJson('/')).toEqual(OK);
  });

  test('names an unknown authority', async () => {
    const server = await tlsServer(answerOk, strange);
    await expect(clientOf(server).request('/x')).rejects.toMatchObject({
      code: 'API_REQUEST_FAILED',
      message: `GET /x from ${server}: the server's certificate is signed by an unknown authority (UNABLE_TO_VERIFY_LEAF_SIGNATURE)`,
      hint: expect.stringContaining('certificate-authority'),
      cause: expect.any(Error),
    });
  });

  test('names the names of a certificate for another name', async () => {
    const server = await tlsServer(answerOk, onName);
    await expect(clientOf(server).request('/x')).rejects.toMatchObject({
      message: `GET /x from ${server}: the server's certificate is for other names: found DNS:kubernetes.default, want 127.0.0.1`,
      hint: expect.stringContaining('tls-server-name'),
    });
  });

  test('checks and announces tls-server-name', async () => {
    let announced: unknown;
    const server = createTlsServer(onName, answerOk);
    server.on('secureConnection', (socket) => (announced = socket.servername));
    const url = `https://127.0.0.1:${await listen(server)}`;
    expect(await clientOf(url, { tls: { serverName: 'kubernetes.default' } }).getJson('/')).toEqual(OK);
    expect(announced).toBe('kubernetes.default');
    await expect(clientOf(url, { tls: { serverName: 'other.example' } }).request('/')).rejects.toThrow('other.example');
  });

  test('checks a tls-server-name that is an address', async () => {
    const server = (await tlsServer(answerOk)).replace('127.0.0.1', 'localhost');
    expect(await clientOf(server, { tls: { serverName: '127.0.0.1' } }).getJson('/')).toEqual(OK);
    await expect(clientOf(server, { tls: { serverName: '127.0.0.2' } }).request('/')).rejects.toThrow('127.0.0.2');
  });

  test('takes any certificate with insecure-skip-tls-verify', async () => {
    const server = await tlsServer(answerOk, strange);
    expect(await clientOf(server, { tls: { insecure: true } }).getJson('/')).toEqual(OK);
  });

  test('names a server without TLS', async () => {
    const server = (await plainServer(answerOk)).replace('http:', 'https:');
    await expect(clientOf(server).request('/')).rejects.toThrow(`GET / from ${server}: the server does not speak TLS`);
  });
});

describe('a proxy', () => {
  /** One that tunnels, and what it was asked. */
  async function proxy(answer = 200): Promise<{ host: string; seen: string[] }> {
    const seen: string[] = [];
    const server = createServer((request, response) => {
      seen.push(`${request.method} ${request.url}`);
      response.end('{"ok":true}');
    });
    server.on('connect', (request: IncomingMessage, socket: Socket) => {
      seen.push(`CONNECT ${request.url} ${request.headers['proxy-authorization'] ?? ''}`.trim());
      if (answer !== 200) return socket.end(`HTTP/1.1 ${answer} No\r\n\r\n`);
      const [host, port] = (request.url ?? '').split(':');
      const onward = connect(Number(port), host, () => {
        socket.write('HTTP/1.1 200 OK\r\n\r\n');
        onward.pipe(socket).pipe(onward);
      });
      onward.on('error', () => socket.destroy());
      return socket.on('error', () => onward.destroy());
    });
    return { host: `127.0.0.1:${await listen(server)}`, seen };
  }

  test('tunnels TLS, with its own password and the name of the server', async () => {
    const { host, seen } = await proxy();
    const server = await tlsServer(answerOk, onName);
    const client = clientOf(server, {
      proxyUrl: `http://user:word@${host}`,
      tls: { serverName: 'kubernetes.default' },
    });
    expect(await client.getJson('/')).toEqual(OK);
    expect(seen).toEqual([`CONNECT ${new URL(server).host} Basic dXNlcjp3b3Jk`]);
  });

  test('shows the client certificate to the server', async () => {
    const { host } = await proxy();
    const options = { ...onAddress, ca: ca.data, requestCert: true, rejectUnauthorized: true };
    const { cert, key } = authority.issue('through');
    const certificate = { cert: { data: cert }, key: { data: key } };
    const client = clientOf(await tlsServer(answerOk, options), { proxyUrl: `http://${host}`, auth: { certificate } });
    expect(await client.getJson('/')).toEqual(OK);
  });

  test('that is reached by TLS is checked by its own name', async () => {
    const front = createTlsServer(onAddress, answerOk);
    const host = `127.0.0.1:${await listen(front)}`;
    expect(await clientOf('http://api.example', { proxyUrl: `https://${host}` }).getJson('/')).toEqual(OK);
    const elsewhere = createTlsServer(onName, answerOk);
    const wrong = `127.0.0.1:${await listen(elsewhere)}`;
    await expect(clientOf('http://api.example', { proxyUrl: `https://${wrong}` }).request('/')).rejects.toMatchObject({
      message: `GET / from http://api.example by proxy ${wrong}: the proxy's certificate is for another name`,
    });
  });

  test('tunnels through SOCKS 5', async () => {
    const server = await tlsServer(answerOk);
    // https://www.rfc-editor.org/rfc/rfc1928: no authentication, then one CONNECT.
    const socks = createTcpServer((socket) => {
      socket.once('data', () => {
        socket.once('data', (command) => {
          const onward = connect(command.readUInt16BE(command.length - 2), '127.0.0.1', () => {
            socket.write(Buffer.from([5, 0, 0, 1, 0, 0, 0, 0, 0, 0]));
            onward.pipe(socket).pipe(onward);
          });
          onward.on('error', () => socket.destroy());
          socket.on('error', () => onward.destroy());
        });
        socket.write(Buffer.from([5, 0]));
      });
    });
    const proxyUrl = `socks5://127.0.0.1:${await listen(socks)}`;
    expect(await clientOf(server, { proxyUrl }).getJson('/')).toEqual(OK);
  });

  test('forwards plain HTTP', async () => {
    const { host, seen } = await proxy();
    expect(await clientOf('http://api.example', { proxyUrl: `http://${host}` }).getJson('/x')).toEqual(OK);
    expect(seen).toEqual(['GET http://api.example/x']);
  });

  test('is named when it fails, without its password', async () => {
    const { host } = await proxy(403);
    const client = clientOf('https://api.example', { proxyUrl: `http://user:hidden-word@${host}` });
    const failure = await client.request('/').catch((error: unknown) => error);
    expect(String(failure)).toMatch(new RegExp(`GET / from https://api.example by proxy ${host}: .*403`));
    expect(String(failure)).not.toContain('hidden-word');
  });
});
