import { setTimeout as delay } from 'node:timers/promises';
import { describe, expect, test, vi } from 'vitest';
import {
  breaks,
  committed,
  event,
  frame,
  list,
  names,
  positions,
  startSource,
  watch,
} from '../../../test/helpers/watched-source.ts';

describe('frames', () => {
  test('are passed on in any order and number, and never move the position back', async () => {
    const frames = [8, 10, 9, 8].map((version) => frame('MODIFIED', event('a', version)));
    const harness = await startSource({ list: [list(7)], watch: [watch(...frames)] });
    await vi.waitFor(() => expect(names(harness.batches)).toHaveLength(4));
    expect(names(harness.batches)).toEqual(['a@8', 'a@10', 'a@9', 'a@8']);
    expect(positions(harness.batches).at(-1)).toBe('10');
  });

  test('that arrived together are one batch, whose position a bookmark moves too', async () => {
    const bookmark = frame('BOOKMARK', { metadata: { resourceVersion: '20' } });
    const harness = await startSource({
      list: [list(7)],
      watch: [watch(frame('ADDED', event('a', 8)) + frame('DELETED', event('b', 9)) + bookmark)],
    });
    await committed(harness, '20');
    expect(harness.batches).toHaveLength(2);
    expect(names(harness.batches)).toEqual(['a@8']);
    expect(Object.fromEntries(harness.counted)).toMatchObject({ ADDED: 1, DELETED: 1, BOOKMARK: 1, unclassified: 1 });
  });

  test('of events that were deleted before their time are passed on as deletions, with the position', async () => {
    const [now, hour] = [Date.parse('2026-01-02T12:00:00Z'), 3_600_000];
    const at = (age: number): string => new Date(now - age).toISOString();
    const gone = (name: string, version: number, fields: Record<string, unknown>): string =>
      frame('DELETED', event(name, version, fields));
    const created = (name: string, version: number, age: number) => ({
      metadata: { name, uid: `uid-${name}`, resourceVersion: String(version), creationTimestamp: at(age) },
    });
    const harness = await startSource(
      {
        list: [list(7)],
        watch: [
          watch(
            gone('deleted', 8, { lastTimestamp: at(hour / 2) }) +
              gone('expired', 9, { lastTimestamp: at(hour) }) +
              gone('timeless', 10, {}) +
              frame('ADDED', event('added', 11, { lastTimestamp: at(0) })) +
              // Reported by a node whose clock is half an hour ahead.
              gone('ahead', 12, { ...created('ahead', 12, hour), firstTimestamp: at(hour / 2) }) +
              gone('repeated', 13, { ...created('repeated', 13, 3 * hour), lastTimestamp: at(hour / 4) }),
          ),
        ],
      },
      { eventTTLMs: hour, now: () => now },
    );
    await committed(harness, '13');
    const deletions = harness.batches.flatMap(({ deletions: ofBatch = [] }) => ofBatch);
    expect(
      deletions.map(({ body, receivedAt }) => [body.metadata.name, body.metadata.resourceVersion, receivedAt]),
    ).toEqual([
      ['deleted', '8', now],
      ['repeated', '13', now],
    ]);
    expect(names(harness.batches)).toEqual(['added@11']);
    expect(Object.fromEntries(harness.counted)).toMatchObject({ deleted: 2, expired: 2, unclassified: 1 });
  });

  test('that are too large are skipped and noted, and the position moves past them', async () => {
    const huge = frame('ADDED', event('huge', 8, { message: 'x'.repeat(5 * 1024 * 1024) }));
    const harness = await startSource({ list: [list(7)], watch: [watch(huge)] });
    await committed(harness, '8');
    expect(names(harness.batches)).toEqual([]);
    expect(breaks(harness.batches)).toMatchObject([
      { cause: 'oversized', unknown: 'frame', healed: false, detail: `shop/huge: ${huge.length - 1} bytes` },
    ]);
    expect(harness.counted.get('skipped oversized')).toBe(1);
  });

  test('that are no events are skipped and noted', async () => {
    const harness = await startSource({
      list: [list(7, { metadata: { name: 'no-uid', resourceVersion: '3' } })],
      watch: [watch(frame('REPLACED', event('a', 8)) + frame('ADDED', event('b', 9)))],
    });
    await committed(harness, '9');
    expect(names(harness.batches)).toEqual(['b@9']);
    expect(breaks(harness.batches).map(({ cause, unknown }) => [cause, unknown])).toEqual([
      ['invalid', 'frame'],
      ['invalid', 'frame'],
    ]);
    expect(harness.logged.filter((line) => line.includes('skipped an event'))).toHaveLength(1);
  });

  test('that are not JSON are asked for again, once', async () => {
    const damaged = `${frame('ADDED', event('b', 9)).slice(0, 60)}\n`;
    const harness = await startSource({
      list: [list(7)],
      refresh: [list(20)],
      watch: [
        watch(frame('ADDED', event('a', 8)) + damaged),
        watch(damaged + frame('ADDED', event('c', 10)) + damaged),
        watch(frame('ADDED', event('d', 11))),
      ],
    });
    await committed(harness, '11');
    expect(harness.server.of('watch').map(({ query }) => query['resourceVersion'])).toEqual(['7', '8', '10']);
    expect(names(harness.batches)).toEqual(['a@8', 'c@10', 'd@11']);
    expect(breaks(harness.batches)).toMatchObject([{ cause: 'invalid', unknown: 'frame', healed: false }]);
  });
});

describe('the intake', () => {
  test('holds the watch back while it has no room', async () => {
    let release = (): void => {};
    const room = new Promise<void>((resolve) => {
      release = resolve;
    });
    const versions = Array.from({ length: 400 }, (_, index) => 8 + index);
    const big = versions.map((version) => frame('ADDED', event('a', version, { message: 'x'.repeat(100_000) })));
    let offers = 0;
    let unsent = (): number => 0;
    const harness = await startSource(
      {
        list: [list(7)],
        watch: [
          (reply) => {
            reply.begin();
            for (const text of big) reply.chunk(text);
            unsent = () => reply.unsentBytes;
          },
        ],
      },
      {
        timings: { watchTimeoutMs: { min: 60_000, max: 60_000 } },
        offer: ({ records }) => {
          if (records.length > 0) offers++;
          return records.length > 0 ? room : Promise.resolve();
        },
      },
    );
    await vi.waitFor(() => expect(offers).toBe(1));
    await delay(300);
    expect(offers).toBe(1);
    expect(unsent()).toBeGreaterThan(20_000_000);
    release();
    await committed(harness, '407');
    expect(names(harness.batches)).toHaveLength(400);
  });

  test('says when what came in pieces is read, as one batch', async () => {
    const begin = Promise.withResolvers<void>();
    const asked = Promise.withResolvers<void>();
    const frames = [8, 9, 10].map((version) => frame('ADDED', event('a', version)));
    const harness = await startSource(
      {
        list: [list(7)],
        watch: [
          async (reply) => {
            reply.begin();
            reply.chunk(frames.join('').slice(0, 300));
            await asked.promise;
            reply.chunk(frames.join('').slice(300));
          },
        ],
      },
      {
        nextGroup: async (take) => {
          asked.resolve();
          await begin.promise;
          await take();
        },
      },
    );
    await asked.promise;
    await delay(50);
    expect(names(harness.batches)).toEqual([]);
    begin.resolve();
    await committed(harness, '10');
    expect(harness.batches.map(({ records }) => records.length).filter((length) => length > 0)).toEqual([3]);
  });

  test('reads at once what comes behind much', async () => {
    const frames = [8, 9, 10, 11].map((version) =>
      frame('ADDED', event('a', version, { message: 'x'.repeat(40_000) })),
    );
    const isRead = Promise.withResolvers<void>();
    const never = Promise.withResolvers<void>();
    let groups = 0;
    const harness = await startSource(
      {
        list: [list(7)],
        watch: [
          async (reply) => {
            reply.begin();
            reply.chunk(frames.join(''));
            await isRead.promise;
            reply.chunk(frame('ADDED', event('a', 12)));
          },
        ],
      },
      { nextGroup: (take) => (groups++ === 0 ? take() : never.promise) },
    );
    await committed(harness, '11');
    isRead.resolve();
    await committed(harness, '12');
    never.resolve();
    expect(names(harness.batches)).toEqual(['a@8', 'a@9', 'a@10', 'a@11', 'a@12']);
  });

  test('does not keep the source from stopping', async () => {
    const harness = await startSource({ list: [list(7)], watch: [watch()] }, { offer: () => new Promise(() => {}) });
    await vi.waitFor(() => expect(harness.server.of('list')).toHaveLength(1));
    await harness.stop();
    expect(harness.batches).toEqual([]);
  });
});
