import { gunzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { revision } from '../../test/contract/event-arbitrary.ts';
import { describeHttpSink } from '../../test/contract/http-sink.contract.ts';
import { httpServer, type SeenRequest } from '../../test/helpers/http-server.ts';
import { messageNumber, messageOf, openSink } from '../../test/helpers/open-sink.ts';
import { kubernetesJson } from '../formats/kubernetes-json.ts';
import { lokiSink } from './loki.ts';

describeHttpSink(lokiSink, {
  settings: (origin) => `
url: ${origin}/xoxb-1234567890-abcdef
compression: none
auth:
  basic: {username: "123456", password: hidden-password}
`,
  secrets: ['xoxb-1234567890-abcdef', 'hidden-password', btoa('123456:hidden-password')],
});

const streamsOf = ({ body }: SeenRequest) => JSON.parse(gunzipSync(body).toString()).streams;
const signal = new AbortController().signal;
/** 2026-01-02T03:00:00Z, and the end of the resourceVersion. */
const NANOSECONDS = '1767322800000000001';

async function open(more = '') {
  const server = await httpServer((_, response) => void response.writeHead(204).end());
  return { server, ...(await openSink(lokiSink, `url: ${server.origin}\n${more}`)) };
}

describe('loki', () => {
  test('pushes the event as a line with few labels, and the rest as structured metadata', async () => {
    const { server, deliver } = await open('tenant: platform\nformat: kubernetes');
    expect(await deliver()).toEqual([{ status: 'ok' }]);
    expect(server.requests).toMatchObject([
      {
        method: 'POST',
        target: '/loki/api/v1/push',
        headers: { 'content-type': 'application/json', 'content-encoding': 'gzip', 'x-scope-orgid': 'platform' },
      },
    ]);
    expect(server.requests.flatMap(streamsOf)).toEqual([
      {
        stream: { service_name: 'kubernetes-events', cluster: 'prod', namespace: 'shop', type: 'Warning' },
        values: [
          [
            NANOSECONDS,
            kubernetesJson(messageNumber(0).record.body),
            {
              kind: 'Pod',
              component: 'kubelet',
              name: 'web-0',
              uid: '00001000-0000-4000-8000-000000000000',
              reason: 'BackOff',
              host: 'node-0',
              count: '1',
              level: 'warn',
            },
          ],
        ],
      },
    ]);
  });

  test('pushes other labels, and no metadata, when it is told to', async () => {
    const { server, sink } = await open('labels: {job: events}\neventLabels: [kind]\nstructuredMetadata: false');
    await sink.deliver([sink.encode(messageNumber(0)).value], signal);
    expect(server.requests.flatMap(streamsOf)).toEqual([
      { stream: { job: 'events', kind: 'Pod' }, values: [[NANOSECONDS, expect.any(String)]] },
    ]);
  });

  test('puts the entries of a stream together, and labels of routes into their metadata', async () => {
    const { server, sink } = await open();
    const bank = messageOf(
      revision({ event: 1, resourceVersion: 2, second: 0, count: 1, object: 1, namespace: 'bank' }),
    );
    const shop = { ...messageNumber(2), labels: { 'team/owner': 'a\uD800b' } };
    await sink.deliver(
      [messageNumber(0), bank, shop].map((message) => sink.encode(message).value),
      signal,
    );
    expect(server.requests.flatMap(streamsOf)).toMatchObject([
      { stream: { namespace: 'shop' }, values: [{}, { 2: { team_owner: 'a?b' } }] },
      { stream: { namespace: 'bank' }, values: [{}] },
    ]);
  });

  test('gives revisions of one millisecond times in their order, the same whenever they are sent', async () => {
    const { sink } = await open();
    const timeOf = (resourceVersion: number) => {
      const message = messageOf(revision({ event: 1, resourceVersion, second: 0, count: 1, object: 1 }));
      return JSON.parse(Object(sink.encode(message).value).entry)[0];
    };
    expect([9, 10, 7_000_011].map(timeOf)).toEqual([
      '1767322800000000009',
      '1767322800000000010',
      '1767322800000000011',
    ]);
  });

  test('leaves out labels that the event has no value for', async () => {
    const { server, sink } = await open();
    const { record } = messageNumber(0);
    const message = messageOf({ ...record, subject: { kind: 'Node', name: 'node-1' } });
    await sink.deliver([sink.encode(message).value], signal);
    const [{ stream, values }] = server.requests.flatMap(streamsOf);
    expect(stream).toEqual({ service_name: 'kubernetes-events', cluster: 'prod', type: 'Warning' });
    expect(values[0][2]).not.toHaveProperty('uid');
  });

  test('finds the entries that are refused, and keeps the others', async () => {
    const { server, deliver } = await open();
    const problem = "entry with timestamp 2026-01-02 ignored, reason: 'entry too far behind'";
    server.script = (request, response) => {
      const isOld = gunzipSync(request.body).includes('web-3.');
      response.writeHead(isOld ? 400 : 204).end(isOld ? problem : '');
    };
    const outcomes = await deliver(6);
    expect(outcomes.map(({ status }) => status)).toEqual(['ok', 'ok', 'ok', 'reject', 'ok', 'ok']);
    expect(outcomes[3]).toMatchObject({ reason: 'invalid', problem: expect.stringContaining(problem) });
  });

  test('sends no more of a batch once the rate is exceeded', async () => {
    const { server, deliver } = await open();
    server.script = (_, response) => void response.writeHead(server.requests.length === 1 ? 413 : 429).end();
    const outcome = { status: 'retry', reason: 'rate_limited' };
    expect(await deliver(4)).toMatchObject([outcome, outcome, outcome, outcome]);
    expect(server.requests).toHaveLength(2);
  });

  test('refuses what is older than all that Loki stores, though Loki calls that an error of its own', async () => {
    const { server, deliver } = await open();
    server.script = (_, response) => void response.writeHead(500).end('no schema config found for time 1577836800');
    expect(await deliver(2)).toMatchObject([{ status: 'reject' }, { status: 'reject' }]);
    server.script = (_, response) => void response.writeHead(500).end('something else');
    expect(await deliver(2)).toMatchObject([{ status: 'retry' }, { status: 'retry' }]);
  });

  test('holds everything back where Loki takes no structured metadata, and says how to go on', async () => {
    const { server, deliver } = await open();
    const found = "stream '{}' includes structured metadata, but this feature is disallowed by limits";
    server.script = (_, response) => void response.writeHead(400).end(found);
    const outcome = { status: 'retry', problem: expect.stringContaining('Set structuredMetadata: false') };
    expect(await deliver(2)).toMatchObject([outcome, outcome]);
    expect(server.requests).toHaveLength(1);
  });

  test.each([
    ['', '/loki/api/v1/push'],
    ['/', '/loki/api/v1/push'],
    ['/prefix', '/prefix/loki/api/v1/push'],
    ['/insert/loki/api/v1/push', '/insert/loki/api/v1/push'],
  ])('pushes to the URL with path "%s" at %s', async (path, target) => {
    const server = await httpServer();
    await (await openSink(lokiSink, `url: "${server.origin}${path}"`)).deliver();
    expect(server.requests[0]?.target).toBe(target);
  });

  test.each([
    ['eventLabels: [reason]', /eventLabels\[0\]: found "reason", want cluster, namespace, type, kind or component/],
    ['{eventLabels: [], labels: {}}', /found 0 labels, want 1 to 15/],
    [`labels: {${'abcdefghijklm'.replaceAll(/./g, '$&: x, ')}}`, /found 16 labels, want 1 to 15/],
    ['labels: {a-b: c}', /labels: found "a-b", want letters/],
    ['labels: {cluster: c}', /labels: found "cluster", want .*none of eventLabels/],
    ['tenant: a b', /tenant: found "a b", want a tenant/],
  ])('refuses %s', async (settings, problem) => {
    const text = settings.startsWith('{')
      ? `{url: "http://loki", ${settings.slice(1)}`
      : `url: http://loki\n${settings}`;
    const error = await openSink(lokiSink, text).catch((reason: unknown) => reason);
    expect(error).toMatchObject({ code: 'CONFIG_INVALID', message: expect.stringMatching(problem) });
  });
});

describe('loki that is checked', () => {
  test.each([
    ['takes', 204, ''],
    ['wants some', 422, 'error at least one valid stream is required for ingestion\n'],
  ])('is pushed no entries as its tenant, and is well when it %s', async (_, status, answer) => {
    const { server, sink } = await open('tenant: platform');
    server.script = (_request, response) => void response.writeHead(status).end(answer);
    expect(await sink.check?.(signal)).toBe('it takes what this tenant pushes');
    expect(server.requests).toMatchObject([
      { method: 'POST', target: '/loki/api/v1/push', headers: { 'x-scope-orgid': 'platform' } },
    ]);
    expect(server.requests.flatMap(streamsOf)).toEqual([]);
  });

  test.each([
    [401, 'no org id', '401 Unauthorized: no org id'],
    [422, 'another thing', '422 Unprocessable Entity: another thing'],
    [503, '', '503 Service Unavailable'],
  ])('is not when it answers %i %j', async (status, answer, problem) => {
    const { server, sink } = await open();
    server.script = (_request, response) => void response.writeHead(status).end(answer);
    await expect(sink.check?.(signal)).rejects.toThrow(`POST ${server.origin}/loki/api/v1/push: ${problem}`);
  });
});
