import { createServer, type IncomingMessage } from 'node:http';
import { connect } from 'node:net';
import { describe, expect, onTestFinished, test, vi } from 'vitest';
import { START } from '../../../test/contract/event-arbitrary.ts';
import { idsOf, servedJson } from '../../../test/helpers/served-json.ts';
import type { Access } from '../access.ts';
import { FAIR_USE, FairUse } from '../fair-use.ts';
import { readTokenAccess } from '../read-token-access.ts';
import { failure, StatusError } from '../status-error.ts';
import type { EventRow } from './answers.ts';
import { createClient, type StreamedEvent } from './client.ts';
import { StreamedAnswer } from './streamed-answer.ts';

type Parameters = NonNullable<globalThis.Parameters<ReturnType<typeof createClient>['stream']>[0]>;

/** An open stream and what it has brought. */
function open(url: string, parameters: Parameters = {}, headers: Readonly<Record<string, string>> = {}) {
  const events: StreamedEvent[] = [];
  const stopping = new AbortController();
  let hasEnded = false;
  const reading = (async () => {
    for await (const event of createClient({ url, headers }).stream(parameters, { signal: stopping.signal }))
      events.push(event);
    hasEnded = true;
  })();
  const settled = reading.catch(() => {});
  onTestFinished(async () => {
    stopping.abort();
    await settled;
  });
  const rows = () => events.flatMap(({ event, data }) => (event === 'rows' ? idsOf(data as EventRow[]) : []));
  return {
    events,
    rows,
    hasEnded: () => hasEnded,
    brought: (ids: readonly string[]) => vi.waitFor(() => expect(rows()).toEqual(ids), 5_000),
    begun: () => vi.waitFor(() => expect(events.map(({ event }) => event)).toContain('beat'), 5_000),
  };
}

describe('the stream', () => {
  test('brings what is committed from then on, of what is asked for', async () => {
    const api = await servedJson();
    await api.commit([{ resourceVersion: 10 }]);
    const all = open(api.url);
    const some = open(api.url, { q: 'reason:Pulled', namespace: ['bank', 'shop'], cluster: ['prod'] });
    await Promise.all([all.begun(), some.begun()]);
    await api.commit([{ resourceVersion: 11 }, { resourceVersion: 12, reason: 'Pulled' }]);
    await api.commit([{ resourceVersion: 13, reason: 'Pulled' }], { cluster: 'test' });
    await all.brought(['11', '12', '13']);
    await some.brought(['12']);
    expect(all.events[0]).toMatchObject({
      event: 'beat',
      data: { now: '2026-01-02T04:00:00.000Z', clusters: [{ name: 'prod', watching: true }] },
    });
  });

  test('goes on after an id, also as Last-Event-ID, and says what it can no longer bring', async () => {
    const api = await servedJson();
    await api.commit([{ resourceVersion: 10 }]);
    const first = open(api.url);
    await first.begun();
    await api.commit([{ resourceVersion: 11 }]);
    await first.brought(['11']);
    const { id = '' } = first.events.at(-1) ?? {};
    await api.commit([{ resourceVersion: 12 }]);
    await open(api.url, { cursor: id }).brought(['12']);
    const answer = await fetch(`${api.url}/tidings/v1/stream`, { headers: { 'Last-Event-ID': id } });
    const reader = answer.body?.getReader();
    const { value = new Uint8Array() } = (await reader?.read()) ?? {};
    await reader?.cancel();
    expect(Buffer.from(value).toString()).toMatch(/^event: rows\nid: \S+\ndata: \[.*\]\n\n/);
    await api.store.truncate(await api.store.end());
    const late = open(api.url, { cursor: id });
    await late.begun();
    expect(late.events[0]).toMatchObject({ event: 'gap', data: { until: '2026-01-02T04:00:00.000Z' } });
    await api.commit([{ resourceVersion: 13 }]);
    await late.brought(['13']);
  });

  test('ends when the right to read is gone, and shows nothing from before it', async () => {
    let allowed = true;
    const api = await servedJson({
      access: {
        path: async () => {},
        events: async () => {
          if (!allowed) throw new StatusError(failure(403, 'not any more', { reason: 'Forbidden' }));
          return { notBefore: START + 50_000, validMs: 0 };
        },
      },
    });
    await api.commit([{ resourceVersion: 10 }]);
    const stream = open(api.url);
    await stream.begun();
    await api.commit([
      { resourceVersion: 11, second: 40 },
      { resourceVersion: 12, second: 60 },
    ]);
    await stream.brought(['12']);
    allowed = false;
    await vi.waitFor(() => expect(stream.hasEnded()).toBe(true), 5_000);
  });

  test('ends when another token has taken the place of the one it was opened with', async () => {
    let token = 'first';
    const access = readTokenAccess(async () => token);
    const request = { headers: { authorization: 'Bearer first' } } as IncomingMessage;
    const { validMs = Infinity } = await access.events({ cluster: '', verb: 'watch', group: '' }, request);
    expect(validMs).toBeLessThanOrEqual(10_000);
    // So that nobody waits for it here.
    const soon: Access = {
      events: async (...args) => ({ ...(await access.events(...args)), validMs: 0 }),
      path: async () => {},
    };
    const api = await servedJson({ access: soon });
    await api.commit([{ resourceVersion: 10 }]);
    const stream = open(api.url, {}, { Authorization: 'Bearer first' });
    await stream.begun();
    token = 'second';
    await vi.waitFor(() => expect(stream.hasEnded()).toBe(true), 5_000);
  });

  test('is one of so many a caller may have, and a read too', async () => {
    const few = { ...FAIR_USE, watches: { perCaller: 1, total: 9 }, reads: { perCaller: 0, total: 9 } };
    const api = await servedJson({ fairUse: new FairUse({ ...few, waiting: { perCaller: 0, ms: 1 } }) });
    await api.commit([{ resourceVersion: 10 }]);
    const stopping = new AbortController();
    const client = createClient({ url: api.url });
    const first = client.stream({}, { signal: stopping.signal });
    expect((await first.next()).value).toMatchObject({ event: 'beat' });
    for (const target of ['/stream', '/events', '/histogram', '/facets']) {
      const { status, headers } = await api.ask(target);
      expect([target, status, headers.get('retry-after')]).toEqual([target, 429, '1']);
    }
    expect((await fetch(`${api.url}/tidings/v1/stream`, { method: 'HEAD' })).status).toBe(405);
    stopping.abort();
    await vi.waitFor(async () => {
      const next = client.stream();
      expect((await next.next()).value).toMatchObject({ event: 'beat' });
      await next.return(undefined);
    }, 5_000);
  });

  test('ends properly when the API does', async () => {
    const api = await servedJson();
    await api.commit([{ resourceVersion: 10 }]);
    const stream = open(api.url);
    await stream.begun();
    api.end();
    await vi.waitFor(() => expect(stream.hasEnded()).toBe(true), 5_000);
  });
});

test('a streamed answer cuts off a reader who does not read', async () => {
  const broken = Promise.withResolvers<number>();
  const server = createServer((_, response) => {
    const answer = new StreamedAnswer('application/x-ndjson', async (send) => {
      let sent = 0;
      while (!response.destroyed && sent++ < 10_000) await send('x'.repeat(100_000));
      broken.resolve(sent);
    });
    void answer.writeTo(response, 50);
  });
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  onTestFinished(() => void server.close());
  const address = server.address();
  const socket = connect({ host: '127.0.0.1', port: typeof address === 'object' && address ? address.port : 0 });
  onTestFinished(() => void socket.destroy());
  socket.pause();
  socket.write('GET / HTTP/1.1\r\nHost: localhost\r\n\r\n');
  expect(await broken.promise).toBeLessThan(1_000);
});
