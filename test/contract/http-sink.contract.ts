/** The manners of every sink that speaks HTTP: what each answer, and each way of not answering, comes to. */
import { mkdtempSync, rmSync } from 'node:fs';
import type { ServerResponse } from 'node:http';
import type { ServerOptions } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { FailureReason, Outcome, SinkDefinition, SinkEntries } from '../../src/component/sink.ts';
import { CertificateAuthority } from '../helpers/certificates.ts';
import { type HttpScript, httpServer, type SeenRequest, unusedPort } from '../helpers/http-server.ts';
import { openSink } from '../helpers/open-sink.ts';
import { type Destination, describeSink } from './sink.contract.ts';

type Verdict = readonly ['ok'] | readonly ['retry' | 'reject', FailureReason];

export interface HttpSinkOptions {
  /** The settings that lead to a server, without `timeout`, `proxy` and `tls`; its secrets occur in them. */
  readonly settings: (origin: string) => string;
  readonly secrets: readonly string[];
  /** The answer of a server that takes everything; an empty 200 by default. */
  readonly accept?: HttpScript;
  /** What differs from the table, each with the vendor's page. */
  readonly exceptions?: Readonly<Record<number, { readonly verdict: Verdict; readonly because: string }>>;
}

const STATUSES: Readonly<Record<number, Verdict>> = {
  200: ['ok'],
  201: ['ok'],
  202: ['ok'],
  204: ['ok'],
  300: ['retry', 'not_found'],
  301: ['retry', 'not_found'],
  302: ['retry', 'not_found'],
  303: ['retry', 'not_found'],
  307: ['retry', 'not_found'],
  308: ['retry', 'not_found'],
  400: ['reject', 'invalid'],
  401: ['retry', 'unauthorized'],
  402: ['reject', 'invalid'],
  403: ['retry', 'unauthorized'],
  404: ['retry', 'not_found'],
  405: ['reject', 'invalid'],
  406: ['reject', 'invalid'],
  407: ['retry', 'unauthorized'],
  408: ['retry', 'timeout'],
  409: ['reject', 'invalid'],
  410: ['reject', 'invalid'],
  411: ['reject', 'invalid'],
  413: ['reject', 'too_large'],
  414: ['reject', 'invalid'],
  415: ['reject', 'invalid'],
  422: ['reject', 'invalid'],
  425: ['retry', 'server_error'],
  429: ['retry', 'rate_limited'],
  431: ['reject', 'invalid'],
  499: ['reject', 'invalid'],
  500: ['retry', 'server_error'],
  501: ['retry', 'server_error'],
  502: ['retry', 'server_error'],
  503: ['retry', 'server_error'],
  504: ['retry', 'timeout'],
  507: ['retry', 'server_error'],
  529: ['retry', 'server_error'],
};

const empty: HttpScript = (_, response) => void response.end();

export function describeHttpSink<TEntries extends SinkEntries>(
  definition: SinkDefinition<TEntries>,
  { settings, secrets, accept = empty, exceptions = {} }: HttpSinkOptions,
): void {
  const open = (origin: string, more = '') => openSink(definition, `${settings(origin)}\n${more}`);
  const outcomeOf = async (script: HttpScript, more = ''): Promise<Outcome | undefined> => {
    const { origin } = await httpServer(script);
    return (await (await open(origin, more)).deliver())[0];
  };

  describeSink(definition, async (): Promise<Destination> => {
    const server = await httpServer(accept);
    return {
      settings: settings(server.origin),
      secrets,
      hang() {
        const { promise, resolve } = Promise.withResolvers<void>();
        server.script = () => resolve();
        return promise;
      },
      refuse: () => {
        server.script = (request, response) => void response.writeHead(400).end(echo(request));
      },
    };
  });

  describe(`${definition.type} over HTTP`, () => {
    test.each(Object.entries(STATUSES))('takes status %s for %j', async (code, usual) => {
      const status = Number(code);
      const verdict = exceptions[status]?.verdict ?? usual;
      const outcome = await outcomeOf((request, response) => {
        response.statusCode = status;
        if (status < 300) accept(request, response);
        else response.end('what was wrong');
      });
      const problem = expect.stringMatching(status < 400 ? code : `${code}.*: what was wrong`);
      const [verb, reason] = verdict;
      expect(outcome).toMatchObject(reason === undefined ? { status: verb } : { status: verb, reason, problem });
    });

    test.each([
      ['7', 7_000],
      ['0', 0],
      ['99999999', 600_000],
      [new Date(Date.now() + 86_400_000).toUTCString(), 600_000],
      [new Date(0).toUTCString(), 0],
      ['soon', undefined],
      ['-5', undefined],
    ])('waits as Retry-After: %s says, within bounds', async (value, afterMs) => {
      for (const status of [429, 503]) {
        const outcome = await outcomeOf(
          (_, response) => void response.writeHead(status, { 'retry-after': value }).end(),
        );
        expect(outcome).toMatchObject({ status: 'retry', ...(afterMs !== undefined && { afterMs }) });
        expect(Object.hasOwn(outcome ?? {}, 'afterMs')).toBe(afterMs !== undefined);
      }
    });

    test('waits until the date of Retry-After', async () => {
      const date = new Date(Date.now() + 90_000).toUTCString();
      const outcome = await outcomeOf((_, response) => void response.writeHead(503, { 'retry-after': date }).end());
      const afterMs = outcome?.status === 'retry' ? outcome.afterMs : undefined;
      expect(afterMs).toBeGreaterThan(60_000);
      expect(afterMs).toBeLessThanOrEqual(90_000);
    });

    test('follows no redirect, and says where it led without what is secret there', async () => {
      const trap = await httpServer();
      const target = trap.origin.replace('//', '//somebody:hidden-word@');
      const outcome = await outcomeOf(
        (_, response) =>
          void response
            .writeHead(307, ['location', `${target}/elsewhere?token=hidden-token`, 'location', `${target}/other`])
            .end(),
      );
      expect(outcome).toMatchObject({ status: 'retry', problem: expect.stringContaining(`${trap.origin}/elsewhere`) });
      expect(JSON.stringify(outcome)).not.toContain('hidden');
      expect(trap.requests).toEqual([]);
    });

    test('tries again when nobody listens', async () => {
      const { deliver } = await open(`http://127.0.0.1:${await unusedPort()}`);
      expect(await deliver()).toMatchObject([{ status: 'retry', reason: 'unreachable' }]);
    });

    test.each<[string, (response: ServerResponse) => unknown]>([
      ['before an answer', (response) => response.socket?.resetAndDestroy()],
      ['within the head', (response) => response.socket?.end('HTTP/1.1 200 O')],
      ['within the body', (response) => cutBody(response, 200)],
    ])('tries again when the connection breaks %s', async (_, breakOff) => {
      const outcome = await outcomeOf((_request, response) => void breakOff(response));
      expect(outcome).toMatchObject({ status: 'retry', reason: 'unreachable' });
    });

    test('goes by the status when the connection breaks within the explanation', async () => {
      expect(await outcomeOf((_, response) => cutBody(response, 413))).toMatchObject({
        status: 'reject',
        reason: 'too_large',
      });
    });

    test('tries again when what answers does not speak HTTP', async () => {
      const outcome = await outcomeOf((_, response) => void response.socket?.end('SSH-2.0-OpenSSH_9.9\r\n'));
      expect(outcome).toMatchObject({ status: 'retry', reason: 'unreachable' });
    });

    test.each<[string, HttpScript]>([
      ['nothing', () => {}],
      ['a head without the rest', (_, response) => void response.writeHead(200, { 'content-length': 10 }).write('x')],
    ])('gives a server up that answers %s', async (_, script) => {
      const began = performance.now();
      expect(await outcomeOf(script, 'timeout: 200ms')).toMatchObject({ status: 'retry', reason: 'timeout' });
      expect(performance.now() - began).toBeLessThan(5_000);
    });

    test('ends the request when it is aborted', async () => {
      const gone = Promise.withResolvers<void>();
      const asked = Promise.withResolvers<void>();
      const { origin } = await httpServer((_, response) => {
        response.on('close', () => gone.resolve());
        asked.resolve();
      });
      const { deliver } = await open(origin);
      const stopping = new AbortController();
      const delivery = deliver(1, stopping.signal);
      delivery.catch(() => {});
      await asked.promise;
      stopping.abort();
      await gone.promise;
      const answers = delivery.then(
        ([outcome]) => outcome?.status,
        () => 'rejected',
      );
      expect(await answers).toMatch(/^(?:retry|rejected)$/);
    });

    test('reads no more of an explanation than it needs, however long that is', async () => {
      let written = 0;
      const gone = Promise.withResolvers<void>();
      const outcome = await outcomeOf((_, response) => {
        response.on('close', () => gone.resolve());
        response.writeHead(400);
        const more = (): void => {
          written += 65_536;
          if (!response.destroyed && written < 256 * 1024 * 1024) response.write('y'.repeat(65_536), more);
        };
        more();
      });
      expect(outcome).toMatchObject({ status: 'reject', reason: 'invalid' });
      expect(JSON.stringify(outcome).length).toBeLessThan(1_600);
      await gone.promise;
      expect(written).toBeLessThan(64 * 1024 * 1024);
    });

    test('tells no secret that an answer of any status repeats', async () => {
      for (const status of [302, 400, 401, 404, 413, 429, 500]) {
        const outcome = await outcomeOf((request, response) => {
          response.writeHead(status, { location: `/again${request.target}` }).end(echo(request));
        });
        const text = JSON.stringify(outcome);
        for (const secret of secrets) expect(text).not.toContain(secret);
      }
    });

    test('uses a connection again, after an error as well', async () => {
      const server = await httpServer((request, response) => {
        if (server.requests.length % 2 === 1) accept(request, response);
        else response.writeHead(500).end('x'.repeat(20_000));
      });
      const { deliver } = await open(server.origin);
      for (let n = 0; n < 6; n++) await deliver();
      expect(server.requests).toHaveLength(6);
      // The next request may come while the one before is being cleared away.
      expect(server.connections).toBeLessThanOrEqual(2);
    });

    test('is checked without an event, and with the words of a delivery where nobody listens or lets it in', async () => {
      const { signal } = new AbortController();
      const server = await httpServer(accept);
      const well = await open(server.origin);
      if (!well.sink.check) return;
      await well.sink.check(signal);
      expect(server.requests.length).toBeGreaterThan(0);
      for (const { body } of server.requests) expect(body.length).toBeLessThan(64);
      server.script = (_, response) => void response.writeHead(401).end('who are you');
      await expect(well.sink.check(signal)).rejects.toThrow(/^\S+ http:\/\/\S+: 401 Unauthorized: who are you$/);
      const nowhere = await open(`http://127.0.0.1:${await unusedPort()}`);
      await expect(nowhere.sink.check?.(signal)).rejects.toThrow(/^\S+ http:\/\/\S+: .*refused/);
    });

    test('says who it is', async () => {
      const server = await httpServer(accept);
      await (await open(server.origin)).deliver();
      expect(server.requests[0]?.headers['user-agent']).toBe('tidings/test');
    });
  });

  describeTls(definition.type, async (tls, more) => {
    const server = await httpServer(accept, tls);
    const { deliver } = await open(server.origin, more);
    return { requests: server.requests, outcome: (await deliver())[0] };
  });
}

function describeTls(
  type: string,
  attempt: (
    tls: ServerOptions,
    more: string,
  ) => Promise<{ readonly requests: readonly SeenRequest[]; readonly outcome: Outcome | undefined }>,
): void {
  describe(`${type} over TLS`, () => {
    const directory = mkdtempSync(join(tmpdir(), 'http-sink-'));
    let authority: CertificateAuthority;
    let caFile: string;
    beforeAll(() => {
      authority = new CertificateAuthority(directory, 'authority');
      ({ certFile: caFile } = authority.authority);
    });
    afterAll(() => rmSync(directory, { recursive: true }));
    const server = (...names: string[]) => authority.issue('server', names);

    test('trusts the authority it is told', async () => {
      const { outcome } = await attempt(server('DNS:localhost'), `tls: {caFile: ${caFile}}`);
      expect(outcome).toEqual({ status: 'ok' });
    });

    test('sends nothing to a server of an unknown authority', async () => {
      const { outcome, requests } = await attempt(server('DNS:localhost'), '');
      expect(outcome).toMatchObject({ status: 'retry', reason: 'unreachable' });
      expect(outcome).toMatchObject({ problem: expect.stringMatching(/unknown authority.*tls\.caFile/) });
      expect(requests).toEqual([]);
    });

    test('sends nothing to a server of another name, unless that is the one it is told', async () => {
      const other = server('DNS:other.example');
      const { outcome, requests } = await attempt(other, `tls: {caFile: ${caFile}}`);
      expect(outcome).toMatchObject({ status: 'retry', reason: 'unreachable' });
      expect(outcome).toMatchObject({ problem: expect.stringMatching(/other\.example.*tls\.serverName/) });
      expect(requests).toEqual([]);
      const told = await attempt(other, `tls: {caFile: ${caFile}, serverName: other.example}`);
      expect(told.outcome).toEqual({ status: 'ok' });
    });

    test('takes any server when it is told to', async () => {
      const { outcome } = await attempt(server('DNS:other.example'), 'tls: {insecureSkipVerify: true}');
      expect(outcome).toEqual({ status: 'ok' });
    });

    test('shows its certificate to a server that asks', async () => {
      const { cert, key } = server('DNS:localhost');
      const asking = { cert, key, ca: authority.authority.cert, requestCert: true, rejectUnauthorized: true };
      const client = authority.issue('client');
      const shown = `tls: {caFile: ${caFile}, certFile: ${client.certFile}, keyFile: ${client.keyFile}}`;
      expect((await attempt(asking, shown)).outcome).toEqual({ status: 'ok' });
      const without = await attempt(asking, `tls: {caFile: ${caFile}}`);
      expect(without.outcome).toMatchObject({ status: 'retry', reason: 'unreachable' });
    });
  });
}

/** All that a request held, as a careless server writes it into its error. */
function echo({ target, headers, body }: SeenRequest): string {
  return JSON.stringify({ target, headers, body: body.toString() });
}

function cutBody(response: ServerResponse, status: number): void {
  response.writeHead(status, { 'content-length': 1_000 });
  response.write('the beginning', () => response.socket?.resetAndDestroy());
}
