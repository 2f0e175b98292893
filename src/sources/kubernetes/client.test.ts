import { writeFileSync } from 'node:fs';
import { type IncomingMessage } from 'node:http';
import { createServer as createTcpServer } from 'node:net';
import { join } from 'node:path';
import { TLSSocket } from 'node:tls';
import { gzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import {
  answerOk,
  authority,
  ca,
  clientOf,
  directory,
  OK,
  onAddress,
  onName,
  plainServer,
  tlsServer,
} from '../../../test/helpers/client-servers.ts';
import { ApiStatusError } from './api-status.ts';

describe('request', () => {
  test('sends path, query, body, credentials and its name', async () => {
    const seen: IncomingMessage[] = [];
    let body = '';
    const server = await tlsServer((request, response) => {
      seen.push(request);
      request.on('data', (chunk: Buffer) => (body += chunk.toString()));
      request.on('end', () => response.writeHead(201, { 'x-answer': 'yes' }).end('{"ok":true}'));
    });
    const client = clientOf(`${server}/base`, { auth: { token: 't' } }, { userAgent: 'tidings/1.2.3' });
    const query = { limit: 2, watch: true, fieldSelector: 'a=b&c', none: undefined };
    const response = await client.request('/api/v1/events', { method: 'POST', query, body: { a: 1 } });
    expect(response).toMatchObject({ status: 201, headers: { 'x-answer': 'yes' } });
    response.body.resume();
    expect(seen[0]).toMatchObject({
      method: 'POST',
      url: '/base/api/v1/events?limit=2&watch=true&fieldSelector=a%3Db%26c',
      headers: {
        authorization: 'Bearer t',
        accept: 'application/json',
        'content-type': 'application/json',
        'user-agent': 'tidings/1.2.3',
      },
    });
    expect(seen[0]?.headers['accept-encoding']).toBeUndefined();
    expect(body).toBe('{"a":1}');
  });

  test('keeps its connections for later requests', async () => {
    const ports = new Set<number | undefined>();
    const client = clientOf(
      await tlsServer((request, response) => {
        ports.add(request.socket.remotePort);
        answerOk(request, response);
      }),
    );
    for (let i = 0; i < 10; i += 1) await client.getJson('/');
    // A second one when a request comes before undici has noticed that the first connection is free.
    expect(ports.size).toBeLessThanOrEqual(2);
  });

  test('asks for gzip and decodes it while it arrives', async () => {
    let encodings: unknown;
    const server = await plainServer((request, response) => {
      encodings = request.headers['accept-encoding'];
      response.writeHead(200, { 'content-encoding': 'gzip' }).end(gzipSync(JSON.stringify({ text: 'x'.repeat(1e6) })));
    });
    const answer = await clientOf(server).getJson<{ text: string }>('/', { gzip: true });
    expect(encodings).toBe('gzip');
    expect(answer.text).toHaveLength(1e6);
  });

  test('does not ask for gzip when the kubeconfig disables compression', async () => {
    const server = await plainServer((request, response) => {
      response.end(JSON.stringify({ encodings: request.headers['accept-encoding'] ?? 'none' }));
    });
    const client = clientOf(server, { disableCompression: true });
    expect(await client.getJson('/', { gzip: true })).toEqual({ encodings: 'none' });
  });

  test('fails the body of a compressed answer that breaks off', async () => {
    const whole = gzipSync(JSON.stringify({ text: 'x'.repeat(1e5) }));
    const server = await plainServer((_request, response) => {
      response.writeHead(200, { 'content-encoding': 'gzip' }).end(whole.subarray(0, whole.length / 2));
    });
    await expect(clientOf(server).getJson('/', { gzip: true })).rejects.toMatchObject({
      code: 'API_REQUEST_FAILED',
      message: `GET / from ${server}: the compressed answer broke off`,
    });
  });

  test('reads a rotated token and repeats the request, once, after a 401', async () => {
    const tokenFile = join(directory, 'token');
    writeFileSync(tokenFile, 'old');
    const seen: unknown[] = [];
    const server = await tlsServer((request, response) => {
      seen.push(request.headers.authorization);
      if (request.headers.authorization !== 'Bearer new') response.statusCode = 401;
      answerOk(request, response);
    });
    const client = clientOf(server, { auth: { tokenFile } });
    const refused = await client.request('/');
    expect(refused.status).toBe(401);
    refused.body.resume();
    writeFileSync(tokenFile, 'new');
    expect(await client.getJson('/')).toEqual(OK);
    expect(seen).toEqual(['Bearer old', 'Bearer old', 'Bearer new']);
    writeFileSync(tokenFile, 'wrong');
    expect(await client.getJson('/')).toEqual(OK);
  });

  test('shows a client certificate, and a new one on new connections when it was replaced', async () => {
    const own = { certFile: join(directory, 'own.crt'), keyFile: join(directory, 'own.key') };
    const install = (name: string): void => {
      const { cert, key } = authority.issue(name);
      writeFileSync(own.certFile, cert);
      writeFileSync(own.keyFile, key);
    };
    const options = { ...onAddress, ca: ca.data, requestCert: true, rejectUnauthorized: true };
    const server = await tlsServer((request, response) => {
      const { socket } = request;
      const name = socket instanceof TLSSocket ? socket.getPeerCertificate().subject.CN : '';
      response.end(JSON.stringify({ name }));
    }, options);
    install('first');
    let now = 0;
    const certificate = { cert: { file: own.certFile }, key: { file: own.keyFile } };
    const client = clientOf(server, { auth: { certificate } }, { now: () => now });
    expect(await client.getJson('/')).toEqual({ name: 'first' });
    install('second');
    expect(await client.getJson('/')).toEqual({ name: 'first' });
    now = 10_000;
    expect(await client.getJson('/')).toEqual({ name: 'second' });
    // The instant at which only one of the two files has been replaced.
    writeFileSync(own.certFile, onName.cert);
    now = 20_000;
    expect(await client.getJson('/')).toEqual({ name: 'second' });
  });

  test('asks for a caller with their credentials alone, and again with its own', async () => {
    const options = { ...onAddress, ca: ca.data, requestCert: true, rejectUnauthorized: false };
    const server = await tlsServer(({ socket, headers }, response) => {
      const name = socket instanceof TLSSocket ? socket.getPeerX509Certificate()?.subject : '';
      response.statusCode = headers.authorization === 'Bearer refused' ? 401 : 200;
      response.end(JSON.stringify({ name, authorization: headers.authorization, as: headers['impersonate-user'] }));
    }, options);
    const { cert, key } = authority.issue('collector');
    const client = clientOf(server, {
      auth: { token: 'own', certificate: { cert: { data: cert }, key: { data: key } } },
    });
    const own = { name: 'CN=collector', authorization: 'Bearer own' };
    expect(await client.getJson('/')).toEqual(own);
    const caller = { authorization: 'Bearer theirs', 'impersonate-user': 'bob' };
    expect(await client.getJson('/', { caller })).toEqual({ authorization: 'Bearer theirs', as: 'bob' });
    await expect(client.getJson('/', { caller: { authorization: 'Bearer refused' } })).rejects.toMatchObject({
      status: 401,
      message: expect.not.stringContaining('Bearer refused'),
    });
    expect(await client.getJson('/')).toEqual(own);
  });

  test('says that a certificate cannot be used', async () => {
    const certificate = { cert: { data: 'no' }, key: { data: 'hidden-word' } };
    await expect(clientOf(await tlsServer(answerOk), { auth: { certificate } }).request('/')).rejects.toMatchObject({
      code: 'CREDENTIALS_FAILED',
      message: expect.stringMatching(/^use the client certificate and its key: (?!.*hidden-word)/),
    });
  });
});

describe('a server that fails', () => {
  test('is named when it refuses the connection', async () => {
    const port = await new Promise<number>((resolve) => {
      const server = createTcpServer().listen(0, '127.0.0.1', () => {
        const address = server.address();
        server.close(() => resolve(typeof address === 'object' && address ? address.port : 0));
      });
    });
    await expect(clientOf(`https://127.0.0.1:${port}`).request('/api')).rejects.toMatchObject({
      code: 'API_REQUEST_FAILED',
      message: `GET /api from https://127.0.0.1:${port}: connection refused`,
    });
  });

  test('is given up when no headers come in time', async () => {
    const server = await plainServer(() => {});
    await expect(clientOf(server).request('/', { headersTimeoutMs: 50 })).rejects.toThrow('timeout: no answer in time');
  });

  test('is given up when the body falls silent, as on a half-open connection', async () => {
    const server = await plainServer((_request, response) => void response.write('{"ok":'));
    const { body } = await clientOf(server).request('/', { bodyTimeoutMs: 50 });
    await expect(body.toArray()).rejects.toMatchObject({ code: 'UND_ERR_BODY_TIMEOUT' });
  });

  test('is named when it closes the connection within the body', async () => {
    const server = await plainServer((_request, response) => {
      response.writeHead(200, { 'content-length': 100 });
      response.write('{"ok":', () => response.destroy());
    });
    await expect(clientOf(server).getJson('/')).rejects.toMatchObject({ code: 'API_REQUEST_FAILED' });
  });

  test('does not end the process when nobody reads the body that fails', async () => {
    const server = await plainServer((_request, response) => void response.write('{'));
    const response = await clientOf(server).request('/', { bodyTimeoutMs: 50 });
    await new Promise((resolve) => response.body.once('error', resolve).resume());
    expect(response.body.destroyed).toBe(true);
  });
});

describe('an answer of another type', () => {
  const answering = (status: number, type: string) =>
    plainServer((_request, response) => {
      response.writeHead(status, { 'content-type': type });
      response.end('<html>');
    });

  test('is refused when it claims success', async () => {
    const server = await answering(200, 'text/html; charset=utf-8');
    await expect(clientOf(server).request('/')).rejects.toMatchObject({
      code: 'API_REQUEST_FAILED',
      message: `GET / from ${server}: found an answer of type "text/html; charset=utf-8", want JSON`,
    });
  });

  test.each([
    [200, 'application/json;stream=watch'],
    [503, 'text/html'],
  ])('is taken with status %i and type %s', async (status, type) => {
    const response = await clientOf(await answering(status, type)).request('/');
    expect(response.status).toBe(status);
    response.body.destroy();
  });
});

describe('getJson', () => {
  test('rejects with the Status of an unsuccessful answer', async () => {
    const server = await plainServer((_request, response) => {
      response.writeHead(429, { 'retry-after': '3' });
      response.end('{"kind":"Status","reason":"TooManyRequests","message":"slow down","code":429}');
    });
    const failure = await clientOf(server)
      .getJson('/x')
      .catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(ApiStatusError);
    expect(failure).toMatchObject({
      status: 429,
      reason: 'TooManyRequests',
      retryAfterMs: 3000,
      message: `GET /x from ${server}: 429 TooManyRequests: slow down`,
    });
  });

  test('gives up an answer that does not end in time', async () => {
    const server = await plainServer((_request, response) => {
      const timer = setInterval(() => response.write(' '), 5);
      response.on('close', () => clearInterval(timer));
    });
    await expect(clientOf(server).getJson('/', { bodyTimeoutMs: 50 })).rejects.toMatchObject({
      code: 'API_REQUEST_FAILED',
      message: `GET / from ${server}: timeout: the answer did not end in time`,
    });
  });

  test('gives up an answer that is too large to be held', async () => {
    const server = await plainServer((_request, response) => {
      const more = (): void => {
        while (!response.destroyed && response.write(' '.repeat(65_536)));
      };
      response.on('drain', more);
      more();
    });
    await expect(clientOf(server).getJson('/')).rejects.toMatchObject({
      code: 'API_REQUEST_FAILED',
      message: `GET / from ${server}: found an answer of more than 16777216 bytes, want one object`,
    });
  });

  test('rejects for something that is not JSON', async () => {
    const server = await plainServer((_request, response) => response.end('<html>'));
    await expect(clientOf(server).getJson('/')).rejects.toMatchObject({
      message: `GET / from ${server}: found an answer that is not JSON, want JSON`,
    });
  });
});

describe('the signal and close', () => {
  test('end a request that waits for its answer', async () => {
    const controller = new AbortController();
    const server = await plainServer(() => controller.abort(new Error('enough')));
    const client = clientOf(server);
    await expect(client.request('/', { signal: controller.signal })).rejects.toThrow('enough');
    await expect(client.request('/', { signal: controller.signal })).rejects.toThrow('enough');
  });

  test('end a body', async () => {
    const controller = new AbortController();
    const server = await plainServer((_request, response) => void response.write('{'));
    const client = clientOf(server);
    const aborted = client.getJson('/', { signal: controller.signal });
    const response = await client.request('/');
    controller.abort(new Error('enough'));
    await expect(aborted).rejects.toThrow('enough');
    const ended = new Promise((resolve) => response.body.once('error', resolve));
    await client.close();
    await ended;
    await expect(client.request('/')).rejects.toThrow('the client was closed');
  });
});
