import { renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import * as v from 'valibot';
import { describe, expect, onTestFinished, test, vi } from 'vitest';
import { CertificateAuthority } from '../../test/helpers/certificates.ts';
import { type HttpScript, httpProxy, httpServer } from '../../test/helpers/http-server.ts';
import { temporaryDirectory } from '../../test/helpers/temporary-directory.ts';
import { createLogger } from '../telemetry/log.ts';
import { createHttpClient, type HttpRequest, httpClientConfig } from './_http-client.ts';

type Settings = v.InferInput<v.StrictObjectSchema<typeof httpClientConfig, undefined>>;

async function clientFor(url: string, settings: Settings = {}, env: Record<string, string> = {}) {
  const logger = createLogger({ format: 'json', level: 'error', destination: { write: () => {} } });
  const context = { name: 'test', logger, env, userAgent: 'tidings/test' };
  const config = v.parse(v.strictObject(httpClientConfig), settings);
  const client = await createHttpClient(config, url, context);
  onTestFinished(() => client.close());
  const send = (request: Partial<HttpRequest> = {}, signal = new AbortController().signal) =>
    client.send({ url, body: 'x', ...request }, signal);
  return { client, send };
}

/** Takes requests with one of these tokens. */
const taking =
  (...tokens: string[]): HttpScript =>
  ({ headers }, response) => {
    const isKnown = tokens.some((token) => headers['authorization'] === `Bearer ${token}`);
    response.writeHead(isKnown ? 200 : 401).end(headers['authorization']);
  };

const UNAUTHORIZED = { status: 'retry', reason: 'unauthorized' };

describe('HttpClient', () => {
  test('sends user and password of the settings, or of the URL', async () => {
    const server = await httpServer();
    await (await clientFor(server.origin, { auth: { basic: { username: 'a', password: 'b:ü' } } })).send();
    await (await clientFor(server.origin.replace('//', '//c:d%20e@'))).send();
    await (await clientFor(server.origin.replace('//', '//c:100%@'))).send();
    expect(server.requests.map(({ headers }) => headers['authorization'])).toEqual([
      `Basic ${Buffer.from('a:b:ü').toString('base64')}`,
      `Basic ${btoa('c:d e')}`,
      `Basic ${btoa('c:100%')}`,
    ]);
  });

  test('sends a token as it is', async () => {
    const { send } = await clientFor((await httpServer(taking('first'))).origin, { auth: { bearerToken: 'first' } });
    expect((await send()).outcome).toEqual({ status: 'ok' });
  });

  test('reads the file of a token again when it is refused', async () => {
    const file = join(temporaryDirectory(), 'token');
    writeFileSync(file, 'first-token\n');
    const server = await httpServer(taking('first-token'));
    const { send } = await clientFor(server.origin, { auth: { bearerTokenFile: file } });
    expect((await send()).outcome).toEqual({ status: 'ok' });
    server.script = taking('second-token');
    expect((await send()).outcome).toMatchObject(UNAUTHORIZED);
    writeFileSync(file, 'second-token');
    expect((await send()).outcome).toEqual({ status: 'ok' });
    // Refused, the same token is not sent again.
    expect(server.requests).toHaveLength(4);
  });

  test('compresses bodies', async () => {
    const server = await httpServer();
    await (await clientFor(server.origin, { compression: 'gzip' })).send({ body: 'y'.repeat(10_000) });
    const [request] = server.requests;
    expect(request?.headers['content-encoding']).toBe('gzip');
    expect(request?.body.length).toBeLessThan(200);
    expect(gunzipSync(request?.body ?? '').toString()).toBe('y'.repeat(10_000));
  });

  test('gives the whole answer to a sink that asks for it, with secrets masked', async () => {
    const { origin } = await httpServer((_, response) => void response.end(`${'z'.repeat(100_000)} hidden-token`));
    const { send } = await clientFor(`${origin}?token=hidden-token`);
    expect((await send()).answer).toMatchObject({ status: 200, body: '' });
    expect((await send({ wholeAnswer: true })).answer?.body).toBe(`${'z'.repeat(100_000)} …`);
  });

  test('takes a whole answer that is too large for none', async () => {
    const { origin } = await httpServer((_, response) => void response.end(Buffer.alloc(17 * 1024 * 1024, 'z')));
    const { outcome, answer } = await (await clientFor(origin)).send({ wholeAnswer: true });
    expect(outcome).toMatchObject({ status: 'retry', reason: 'other' });
    expect(answer).toBeUndefined();
  });

  test('keeps to its connections, however many requests there are at once', async () => {
    const server = await httpServer();
    const { send } = await clientFor(server.origin);
    await Promise.all(Array.from({ length: 100 }, () => send()));
    expect(server.requests).toHaveLength(100);
    expect(server.connections).toBeLessThanOrEqual(16);
  });
});

describe('HttpClient with OAuth 2.0', () => {
  const auth = (tokenUrl: string, more = {}): Settings => ({
    auth: { oauth2: { tokenUrl, clientId: 'me & you', clientSecret: 'hidden:secret', ...more } },
  });
  /** Gives token-1, token-2, … */
  const tokens = (more: object = {}): HttpScript => {
    let n = 0;
    return (_, response) => {
      n++;
      response.end(JSON.stringify({ access_token: `token-${n}`, token_type: 'bearer', expires_in: 3600, ...more }));
    };
  };

  test('fetches a token once for all who ask at the same time, and keeps it', async () => {
    const endpoint = await httpServer(tokens());
    const server = await httpServer(taking('token-1'));
    const { send } = await clientFor(
      server.origin,
      auth(`${endpoint.origin}/token`, { scopes: ['a', 'b'], parameters: { audience: 'events' } }),
    );
    const results = await Promise.all(Array.from({ length: 20 }, () => send()));
    await send();
    expect(results.every(({ outcome }) => outcome.status === 'ok')).toBe(true);
    expect(endpoint.requests).toHaveLength(1);
    expect(endpoint.requests[0]).toMatchObject({
      method: 'POST',
      target: '/token',
      headers: {
        'content-type': 'application/x-www-form-urlencoded',
        // As in a form, before they are joined: https://www.rfc-editor.org/rfc/rfc6749#section-2.3.1
        authorization: `Basic ${btoa('me+%26+you:hidden%3Asecret')}`,
      },
    });
    const form = new URLSearchParams(endpoint.requests[0]?.body.toString());
    expect(Object.fromEntries(form)).toEqual({
      audience: 'events',
      grant_type: 'client_credentials',
      scope: 'a b',
    });
  });

  test('sends client and secret in the body where the endpoint wants them there', async () => {
    const endpoint = await httpServer(tokens());
    const server = await httpServer(taking('token-1'));
    const { send } = await clientFor(server.origin, auth(endpoint.origin, { clientAuthentication: 'body' }));
    expect((await send()).outcome).toEqual({ status: 'ok' });
    const form = new URLSearchParams(endpoint.requests[0]?.body.toString());
    expect(Object.fromEntries(form)).toMatchObject({ client_id: 'me & you', client_secret: 'hidden:secret' });
    expect(endpoint.requests[0]?.headers).not.toHaveProperty('authorization');
  });

  test('fetches another token once after a 401, however many were refused', async () => {
    const endpoint = await httpServer(tokens());
    const server = await httpServer(taking('token-1'));
    const { send } = await clientFor(server.origin, auth(endpoint.origin));
    await send();
    server.script = taking('token-2');
    const results = await Promise.all(Array.from({ length: 10 }, () => send()));
    expect(results.every(({ outcome }) => outcome.status === 'ok')).toBe(true);
    expect(endpoint.requests).toHaveLength(2);
    server.script = taking('none');
    expect((await send()).outcome).toMatchObject(UNAUTHORIZED);
    expect(endpoint.requests).toHaveLength(3);
  });

  test('fetches another token shortly before the first expires', async () => {
    vi.useFakeTimers({ toFake: ['Date'] });
    onTestFinished(() => void vi.useRealTimers());
    const endpoint = await httpServer(tokens({ expires_in: '600' }));
    const server = await httpServer(taking('token-1', 'token-2'));
    const { send } = await clientFor(server.origin, auth(endpoint.origin));
    await send();
    vi.setSystemTime(Date.now() + 569_000);
    await send();
    expect(endpoint.requests).toHaveLength(1);
    vi.setSystemTime(Date.now() + 1_000);
    await send();
    expect(endpoint.requests).toHaveLength(2);
  });

  test.each<[string, HttpScript, object]>([
    [
      'refuses',
      ({ body }, response) => void response.writeHead(400).end(`invalid_client ${body.toString()}`),
      UNAUTHORIZED,
    ],
    ['answers with something else', (_, response) => void response.end('<html>'), UNAUTHORIZED],
    ['gives another type of token', tokens({ token_type: 'mac' }), UNAUTHORIZED],
    ['gives what no header can hold', tokens({ access_token: 'a\nb' }), UNAUTHORIZED],
    ['is busy', (_, response) => void response.writeHead(503).end(), { status: 'retry', reason: 'server_error' }],
    ['breaks off', (_, response) => void response.destroy(), { status: 'retry', reason: 'unreachable' }],
    ['hangs', () => {}, { status: 'retry', reason: 'timeout' }],
  ])('sends nothing while the endpoint %s', async (_, script, wanted) => {
    const endpoint = await httpServer(script);
    const server = await httpServer();
    const settings = auth(`${endpoint.origin}/token`, { clientAuthentication: 'body' });
    const { outcome } = await (await clientFor(server.origin, { ...settings, timeout: '300ms' })).send();
    expect(outcome).toMatchObject(wanted);
    expect(JSON.stringify(outcome)).not.toContain('hidden');
    expect(server.requests).toEqual([]);
  });

  test('ends for whom it is aborted, and goes on for the others', async () => {
    const asked = Promise.withResolvers<() => void>();
    const endpoint = await httpServer((request, response) => asked.resolve(() => tokens()(request, response)));
    const { send } = await clientFor((await httpServer(taking('token-1'))).origin, auth(endpoint.origin));
    const stopping = new AbortController();
    const stopped = send({}, stopping.signal);
    const other = send();
    const answer = await asked.promise;
    stopping.abort();
    await expect(stopped).rejects.toThrow('aborted');
    answer();
    expect((await other).outcome).toEqual({ status: 'ok' });
  });
});

describe('HttpClient by a proxy', () => {
  test('asks the proxy of the environment, unless NO_PROXY excepts the host', async () => {
    const proxy = await httpProxy();
    const env = { HTTP_PROXY: proxy.origin, NO_PROXY: 'direct.invalid' };
    expect((await (await clientFor('http://events.invalid/in', {}, env)).send()).outcome).toEqual({ status: 'ok' });
    expect(proxy.requests).toMatchObject([{ method: 'POST', target: 'http://events.invalid/in' }]);
    const direct = await (await clientFor('http://direct.invalid/', {}, env)).send();
    expect(direct.outcome).toMatchObject({ status: 'retry', reason: 'unreachable' });
    expect(proxy.requests).toHaveLength(1);
  });

  test('asks the proxy of the settings rather, and gives it user and password', async () => {
    const proxy = await httpProxy();
    const server = await httpServer();
    const settings = { proxy: proxy.origin.replace('//', '//user:hidden-word@') };
    const { send } = await clientFor(server.origin, settings, { HTTP_PROXY: 'http://127.0.0.1:1', NO_PROXY: '*' });
    expect((await send()).outcome).toEqual({ status: 'ok' });
    expect(proxy.requests[0]?.headers['proxy-authorization']).toBe(`Basic ${btoa('user:hidden-word')}`);
  });

  test('tunnels TLS through it', async () => {
    const authority = new CertificateAuthority(temporaryDirectory(), 'authority');
    const server = await httpServer(undefined, authority.issue('server', ['DNS:localhost']));
    const proxy = await httpProxy();
    const settings = { proxy: proxy.origin, tls: { caFile: authority.authority.certFile } };
    expect((await (await clientFor(server.origin, settings)).send()).outcome).toEqual({ status: 'ok' });
    expect(proxy.requests).toMatchObject([{ method: 'CONNECT', target: new URL(server.origin).host }]);
    expect(server.requests).toHaveLength(1);
  });

  test.each(['http', 'https'])('says so when the proxy wants other credentials, for %s', async (scheme) => {
    const proxy = await httpProxy(407);
    const settings = { proxy: proxy.origin.replace('//', '//user:hidden-word@') };
    const { outcome } = await (await clientFor(`${scheme}://events.invalid/`, settings)).send();
    expect(outcome).toMatchObject(UNAUTHORIZED);
    expect(outcome).toMatchObject({ problem: expect.stringContaining(`by proxy ${new URL(proxy.origin).host}: `) });
    expect(JSON.stringify(outcome)).not.toContain('hidden');
  });

  test('uses no connection up when the proxy wants other credentials and does not end its answer', async () => {
    const proxy = await httpServer((_, response) => response.writeHead(407, { 'content-length': 100 }).flushHeaders());
    const { send } = await clientFor('http://events.invalid/', { proxy: proxy.origin, timeout: '1s' });
    // More than it has connections.
    for (let number = 0; number < 20; number++) expect((await send()).outcome).toMatchObject(UNAUTHORIZED);
    proxy.script = (_, response) => void response.end();
    expect((await send()).outcome).toEqual({ status: 'ok' });
  });

  test('sends again soon after a proxy answered nobody who asked for a tunnel', async () => {
    const authority = new CertificateAuthority(temporaryDirectory(), 'authority');
    const server = await httpServer(undefined, authority.issue('server', ['DNS:localhost']));
    // As many as it has connections.
    const proxy = await httpProxy(200, { unanswered: 16 });
    const tls = { caFile: authority.authority.certFile };
    const { send } = await clientFor(server.origin, { proxy: proxy.origin, tls, timeout: '200ms' });
    const outcomes = await Promise.all(Array.from({ length: 16 }, async () => (await send()).outcome));
    expect(outcomes).toEqual(outcomes.map(() => expect.objectContaining({ status: 'retry', reason: 'timeout' })));
    await vi.waitFor(async () => expect((await send()).outcome).toEqual({ status: 'ok' }), { timeout: 5_000 });
  });

  test('refuses a header that the proxy would have to be given', async () => {
    const headers = { 'Proxy-Authorization': 'Basic hidden' };
    const settings = { headers, proxy: 'http://127.0.0.1:1' };
    await expect(clientFor('http://events.invalid/', settings)).rejects.toThrow(
      'found the header Proxy-Authorization, want user and password in the URL of the proxy',
    );
    await expect(clientFor('http://events.invalid/', { headers })).resolves.toBeDefined();
  });
});

describe('HttpClient with files of TLS', () => {
  const setUp = () => {
    const directory = temporaryDirectory();
    const authority = new CertificateAuthority(directory, 'authority');
    const write = (name: string, text: string): string => {
      const file = join(directory, name);
      writeFileSync(file, text);
      return file;
    };
    return { directory, authority, write };
  };

  test('names the file that cannot be used, when it starts', async () => {
    const { directory, authority, write } = setUp();
    const { certFile, keyFile } = authority.issue('client');
    const other = authority.issue('other').keyFile;
    const garbage = write('garbage', 'hidden-garbage');
    const missing = join(directory, 'missing');
    const cases: readonly (readonly [Settings['tls'], string])[] = [
      [{ caFile: missing }, `read tls.caFile from ${missing}: ENOENT`],
      [{ caFile: garbage }, `use tls.caFile ${garbage}: found something else, want a certificate in PEM`],
      [{ certFile: missing, keyFile }, `read tls.certFile from ${missing}: ENOENT`],
      [{ certFile: garbage, keyFile }, `use tls.certFile ${garbage}: found something else, want a certificate in PEM`],
      [{ certFile, keyFile: garbage }, `use tls.keyFile ${garbage}: found something else, want a private key in PEM`],
      [{ certFile, keyFile: other }, `use tls.keyFile ${other}: found the key of another certificate`],
    ];
    for (const [tls, problem] of cases) {
      await expect(clientFor('https://events.invalid', { ...(tls && { tls }) })).rejects.toMatchObject({
        code: 'CONFIG_INVALID',
        message: expect.stringContaining(`open sink test: ${problem}`),
      });
    }
    const auth = { bearerTokenFile: missing };
    await expect(clientFor('https://events.invalid', { auth })).rejects.toThrow(`from ${missing}: ENOENT`);
  });

  test('takes to a certificate that replaces another, once its key has followed', async () => {
    vi.useFakeTimers({ toFake: ['Date'] });
    onTestFinished(() => void vi.useRealTimers());
    const { authority } = setUp();
    const shown: string[] = [];
    const certificate = { ...authority.issue('server', ['DNS:localhost']), ca: authority.authority.cert };
    const server = await httpServer(undefined, { ...certificate, requestCert: true });
    server.script = (_, response) => {
      const { socket } = response;
      if (socket && 'getPeerCertificate' in socket && typeof socket.getPeerCertificate === 'function') {
        shown.push(socket.getPeerCertificate().subject.CN);
      }
      response.end();
    };
    const [first, second] = [authority.issue('first'), authority.issue('second')];
    const tls = { caFile: authority.authority.certFile, certFile: first.certFile, keyFile: first.keyFile };
    const { send } = await clientFor(server.origin, { tls });
    await send();
    renameSync(second.certFile, first.certFile);
    vi.setSystemTime(Date.now() + 20_000);
    await send();
    renameSync(second.keyFile, first.keyFile);
    vi.setSystemTime(Date.now() + 20_000);
    await send();
    expect(shown).toEqual(['first', 'first', 'second']);
  });
});
