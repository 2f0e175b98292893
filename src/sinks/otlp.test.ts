import { gunzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { revision } from '../../test/contract/event-arbitrary.ts';
import { describeHttpSink } from '../../test/contract/http-sink.contract.ts';
import { httpServer, type SeenRequest } from '../../test/helpers/http-server.ts';
import { messageNumber, messageOf, openSink } from '../../test/helpers/open-sink.ts';
import type { FailureReason } from '../component/sink.ts';
import { otlpSink } from './otlp.ts';

const final = (reason: FailureReason) => ({
  verdict: ['reject', reason] as const,
  because: 'https://opentelemetry.io/docs/specs/otlp/#retryable-response-codes',
});

describeHttpSink(otlpSink, {
  settings: (origin) => `
url: ${origin}/xoxb-1234567890-abcdef
compression: none
headers:
  api-key: hidden-api-key
`,
  secrets: ['xoxb-1234567890-abcdef', 'hidden-api-key'],
  accept: (_, response) => void response.end('{"partialSuccess":{}}'),
  exceptions: {
    408: final('timeout'),
    425: final('server_error'),
    500: final('server_error'),
    501: final('server_error'),
    507: final('server_error'),
    529: final('server_error'),
  },
});

const requestOf = ({ body }: SeenRequest) => JSON.parse(gunzipSync(body).toString());
const signal = new AbortController().signal;

async function open(answer = '{}', more = '') {
  const server = await httpServer((_, response) => void response.end(answer));
  return { server, ...(await openSink(otlpSink, `url: ${server.origin}\n${more}`)) };
}

describe('otlp', () => {
  test('sends records as logs, each under the resource of its cluster', async () => {
    const { server, sink } = await open();
    const [first, second, third] = ['prod', 'test', 'prod']
      .map((cluster, index) =>
        messageOf(
          revision({ event: index, resourceVersion: index + 1, second: 0, count: 1, object: index }, { cluster }),
        ),
      )
      .map((message) => sink.encode(message).value);
    expect(await sink.deliver([first, second, third], signal)).toEqual([
      { status: 'ok' },
      { status: 'ok' },
      { status: 'ok' },
    ]);
    expect(server.requests).toMatchObject([
      {
        method: 'POST',
        target: '/v1/logs',
        headers: { 'content-type': 'application/json', 'content-encoding': 'gzip' },
      },
    ]);
    const resource = (cluster: string) => ({
      attributes: [{ key: 'k8s.cluster.name', value: { stringValue: cluster } }],
    });
    expect(server.requests.map(requestOf)).toMatchObject([
      {
        resourceLogs: [
          { resource: resource('prod'), scopeLogs: [{ scope: { name: 'tidings' }, logRecords: [{}, {}] }] },
          { resource: resource('test'), scopeLogs: [{ logRecords: [{}] }] },
        ],
      },
    ]);
    const [record] = requestOf(server.requests[0] ?? { method: '', target: '', headers: {}, body: Buffer.alloc(0) })
      .resourceLogs[0].scopeLogs[0].logRecords;
    expect(record).toMatchObject({
      timeUnixNano: '1767322800000000000',
      severityNumber: 13,
      severityText: 'Warning',
      body: { stringValue: expect.stringMatching(/^Back-off restarting/) },
      attributes: expect.arrayContaining([
        { key: 'log.record.uid', value: { stringValue: 'prod/1/00000000-0000-4000-8000-000000000000/1' } },
        { key: 'k8s.event.count', value: { intValue: '1' } },
      ]),
    });
  });

  test.each([
    '',
    '{}',
    '{"partialSuccess":{}}',
    '{"partialSuccess":null}',
    '{"partialSuccess":{"rejectedLogRecords":"0"}}',
    'OK',
  ])('takes a 200 with "%s" for success', async (answer) => {
    const { deliver, logged } = await open(answer);
    expect(await deliver(2)).toEqual([{ status: 'ok' }, { status: 'ok' }]);
    expect(logged).toEqual([]);
  });

  test('passes the warning of a receiver that took everything on', async () => {
    const { deliver, logged } = await open('{"partialSuccess":{"errorMessage":"attributes are cut"}}');
    expect(await deliver()).toEqual([{ status: 'ok' }]);
    expect(logged).toEqual([expect.stringContaining('attributes are cut')]);
  });

  test.each(['"2"', '2'])(
    'takes no record for delivered, and sends none again, when %s are rejected',
    async (count) => {
      const { server, deliver } = await open(
        `{"partialSuccess":{"rejectedLogRecords":${count},"errorMessage":"timestamp is too old"}}`,
      );
      const problem = expect.stringMatching(/\/v1\/logs: found 2 of 3 records rejected: timestamp is too old$/);
      const rejected = { status: 'reject', reason: 'invalid', problem };
      expect(await deliver(3)).toEqual([rejected, rejected, rejected]);
      expect(server.requests).toHaveLength(1);
    },
  );

  test.each([400, 413])('finds the record for which a request is refused with %s', async (code) => {
    const { server, deliver } = await open();
    server.script = (request, response) =>
      void response.writeHead(gunzipSync(request.body).includes('web-3.') ? code : 200).end('{}');
    expect((await deliver(6)).map(({ status }) => status)).toEqual(['ok', 'ok', 'ok', 'reject', 'ok', 'ok']);
  });

  test.each([
    ['', '/v1/logs'],
    ['/otlp/', '/otlp/v1/logs'],
    ['/otlp/v1/logs', '/otlp/v1/logs'],
  ])('sends to the URL with path "%s" at %s', async (path, target) => {
    const server = await httpServer();
    await (await openSink(otlpSink, `url: "${server.origin}${path}"`)).deliver();
    expect(server.requests[0]?.target).toBe(target);
  });

  test('sends what is known of the object when it is told to', async () => {
    const { server, sink } = await open('{}', 'enrich: true');
    expect(sink.needs).toEqual({ object: true });
    const object = { labels: { app: 'web' }, annotations: {}, owners: [], deleted: false };
    await sink.deliver([sink.encode({ ...messageNumber(0), object }).value], signal);
    expect(JSON.stringify(server.requests.map(requestOf))).toContain('k8s.pod.label.app');
    expect((await open()).sink.needs).toBeUndefined();
  });
});
