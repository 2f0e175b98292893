import { createHmac } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { describeHttpSink } from '../../test/contract/http-sink.contract.ts';
import { httpServer } from '../../test/helpers/http-server.ts';
import { messageNumber, openSink } from '../../test/helpers/open-sink.ts';
import { httpSink } from './http.ts';

describeHttpSink(httpSink, {
  settings: (origin) => `
url: ${origin}/in/xoxb-1234567890-abcdef?access_token=hidden-token
headers:
  X-Api-Key: hidden-api-key
auth:
  basic: {username: tidings, password: hidden-password}
`,
  secrets: [
    'xoxb-1234567890-abcdef',
    'hidden-token',
    'hidden-api-key',
    'hidden-password',
    btoa('tidings:hidden-password'),
  ],
});

const numberOf = ({ event }: { event: { metadata: { resourceVersion: string } } }): number =>
  Number(event.metadata.resourceVersion);

describe('http', () => {
  test('sends each record in a request of its own, with its key and the settings', async () => {
    const server = await httpServer();
    const { deliver, limits } = await openSink(
      httpSink,
      `{url: "${server.origin}/in?source=a%20b", method: PUT, headers: {X-Env: prod, content-type: text/x-event}}`,
    );
    expect(limits.maxRecords).toBe(1);
    expect(await deliver(2)).toEqual([{ status: 'ok' }, { status: 'ok' }]);
    expect(server.requests).toMatchObject([
      {
        method: 'PUT',
        target: '/in?source=a%20b',
        headers: { 'x-env': 'prod', 'content-type': 'text/x-event', 'idempotency-key': `"${messageNumber(0).key}"` },
      },
      { headers: { 'idempotency-key': `"${messageNumber(1).key}"` } },
    ]);
    const bodies = server.requests.map(({ body }) => JSON.parse(body.toString()));
    expect(bodies.map(numberOf)).toEqual([1, 2]);
  });

  test('sends many as a JSON array', async () => {
    const server = await httpServer();
    const { deliver } = await openSink(httpSink, `{url: "${server.origin}", body: array}`);
    expect(await deliver(3)).toHaveLength(3);
    expect(server.requests).toHaveLength(1);
    expect(server.requests[0]?.headers['content-type']).toBe('application/json');
    expect(JSON.parse(String(server.requests[0]?.body)).map(numberOf)).toEqual([1, 2, 3]);
  });

  test('sends CloudEvents: as the content, many as a batch, or the event with attributes in headers', async () => {
    const server = await httpServer();
    const send = async (more: string): Promise<void> => {
      const { deliver } = await openSink(httpSink, `{url: "${server.origin}", format: cloudevents, ${more}}`);
      expect(await deliver(2)).toEqual([{ status: 'ok' }, { status: 'ok' }]);
    };
    await send('body: single');
    await send('body: array');
    await send('contentMode: binary');
    const received = server.requests.map(({ headers, body }) => ({ headers, content: JSON.parse(String(body)) }));
    const [structured, , batch, binary] = received;
    const [first, second] = [messageNumber(0), messageNumber(1)];
    expect(structured?.headers['content-type']).toBe('application/cloudevents+json');
    expect(structured?.content).toMatchObject({ id: first.key, data: { kind: 'Event' } });
    expect(batch?.headers['content-type']).toBe('application/cloudevents-batch+json');
    expect(batch?.content).toMatchObject([{ id: first.key }, { id: second.key }]);
    expect(binary?.headers).toMatchObject({
      'content-type': 'application/json',
      'ce-specversion': '1.0',
      'ce-id': encodeURIComponent(first.key).replaceAll('%2F', '/'),
      'idempotency-key': `"${first.key}"`,
    });
    expect(binary?.content).toMatchObject({ kind: 'Event', metadata: { uid: first.record.body.metadata.uid } });
    expect(received).toHaveLength(5);
  });

  test.each([
    ['body: array, format: cloudevents', 'body: array, want single'],
    ['format: tidings', 'format tidings, want cloudevents'],
    ['template: x', 'format tidings, want cloudevents'],
  ])('refuses binary mode with %s', async (settings, problem) => {
    const opening = openSink(httpSink, `{url: "http://127.0.0.1:9", contentMode: binary, ${settings}}`);
    await expect(opening).rejects.toThrow(problem);
  });

  test('sends many as NDJSON', async () => {
    const server = await httpServer();
    const { deliver } = await openSink(httpSink, `{url: "${server.origin}", body: ndjson}`);
    expect(await deliver(3)).toHaveLength(3);
    expect(server.requests[0]?.headers['content-type']).toBe('application/x-ndjson');
    const lines = String(server.requests[0]?.body).split('\n');
    expect(lines.pop()).toBe('');
    expect(lines.map((line) => numberOf(JSON.parse(line)))).toEqual([1, 2, 3]);
  });

  test('gives the same batch the same key, and another one another', async () => {
    const server = await httpServer();
    const { deliver } = await openSink(httpSink, `{url: "${server.origin}", body: ndjson}`);
    for (const count of [2, 2, 3]) await deliver(count);
    const [first, again, other] = server.requests.map(({ headers }) => headers['idempotency-key']);
    expect(first).toMatch(/^"[0-9a-f]{64}"$/);
    expect(again).toBe(first);
    expect(other).not.toBe(first);
  });

  test.each([400, 413, 422])(
    'finds the record for which a batch is refused with %s, and sends the others',
    async (code) => {
      const taken: number[] = [];
      const server = await httpServer(({ body }, response) => {
        const numbers = JSON.parse(body.toString()).map(numberOf);
        if (numbers.includes(6)) response.statusCode = code;
        else taken.push(...numbers);
        response.end();
      });
      const { deliver } = await openSink(httpSink, `{url: "${server.origin}", body: array}`);
      const statuses = (await deliver(10)).map(({ status }) => status);
      expect(statuses).toEqual(['ok', 'ok', 'ok', 'ok', 'ok', 'reject', 'ok', 'ok', 'ok', 'ok']);
      expect(taken).toEqual([1, 2, 3, 4, 5, 7, 8, 9, 10]);
    },
  );

  test('sends nothing after a part of a batch that has to wait', async () => {
    const server = await httpServer(({ body }, response) => {
      const { length } = JSON.parse(body.toString());
      response.writeHead(length > 2 ? 413 : server.requests.length > 3 ? 503 : 200).end();
    });
    const { deliver } = await openSink(httpSink, `{url: "${server.origin}", body: array}`);
    const statuses = (await deliver(8)).map(({ status }) => status);
    expect(statuses).toEqual(['ok', 'ok', 'retry', 'retry', 'retry', 'retry', 'retry', 'retry']);
    expect(server.requests).toHaveLength(4);
  });

  test.each(['none', 'gzip'])('signs the bytes that it sends, with compression: %s', async (compression) => {
    const server = await httpServer();
    const settings = `{url: "${server.origin}", compression: ${compression}, signature: {secret: hidden-key, header: X-Sig}}`;
    await (await openSink(httpSink, settings)).deliver();
    const [request] = server.requests;
    const [, seconds, signature] = /^t=(\d+),v1=([0-9a-f]{64})$/.exec(request?.headers['x-sig'] ?? '') ?? [];
    expect(Math.abs(Number(seconds) - Date.now() / 1000)).toBeLessThan(60);
    const wanted = createHmac('sha256', 'hidden-key')
      .update(`${seconds}.`)
      .update(request?.body ?? '');
    expect(signature).toBe(wanted.digest('hex'));
  });

  test.each([
    ['url: ftp://example.com', /url: .*want an http or https URL/],
    ['{url: "http://example.com", body: array, template: x}', /body: array: found a format of type text\/plain/],
    // Its lines would each be taken for a record.
    ['{url: "http://example.com", body: ndjson, template: x}', /body: ndjson: found a format of type text\/plain/],
    ['{url: "http://example.com", method: get}', /method: found "get", want a method/],
    ['{url: "http://example.com", timeout: 2h}', /timeout: .*want a duration of up to 1h/],
    ['{url: "http://example.com", auth: {}}', /want exactly one of basic, bearerToken/],
    [
      '{url: "http://example.com", auth: {bearerToken: a, bearerTokenFile: b}}',
      /want exactly one of basic, bearerToken/,
    ],
    ['{url: "http://example.com", tls: {certFile: a}}', /found one of certFile and keyFile, want both or neither/],
    ['{url: "http://example.com", headers: {"a b": c}}', /use header "a b": found another character/],
    ['{url: "http://example.com", headers: {a: "b\\nc"}}', /use header "a": found a character in its value/],
    [
      '{url: "http://example.com", headers: {Content-Length: "1"}}',
      /use header "Content-Length": found one that the client/,
    ],
    ['{url: "http://example.com", headers: {a: b, A: c}}', /use header "A": found twice/],
    ['{url: "http://example.com", headers: {authorization: a}, auth: {bearerToken: b}}', /both auth and the header/],
    ['{url: "http://example.com", auth: {bearerToken: "hidden word"}}', /auth\.bearerToken: found a blank/],
    [
      '{url: "http://example.com", proxy: "ftp://user:hidden-word@proxy"}',
      /use the setting proxy: found something else/,
    ],
  ])('refuses %s', async (settings, problem) => {
    const error = await openSink(httpSink, settings).catch((reason: unknown) => reason);
    expect(error).toMatchObject({ code: 'CONFIG_INVALID', message: expect.stringMatching(problem) });
    expect(String(error)).not.toContain('hidden');
  });
});
