import { setTimeout as delay } from 'node:timers/promises';
import { describe, expect, test, vi } from 'vitest';
import type { Answer, Reply } from '../../../test/helpers/scripted-server.ts';
import {
  breaks,
  committed,
  event,
  expired,
  frame,
  type Harness,
  list,
  names,
  positions,
  startSource,
  watch,
} from '../../../test/helpers/watched-source.ts';

describe('the first observation of a scope', () => {
  test('lists, as history, and watches from the resourceVersion of the list', async () => {
    const harness = await startSource({
      list: [list(7, event('a', 3), event('b', 5))],
      watch: [watch(frame('ADDED', event('c', 8)))],
    });
    await committed(harness, '8');
    const { batches, server, counted } = harness;
    expect(names(batches)).toEqual(['a@3', 'b@5', 'c@8']);
    expect(batches.flatMap(({ records }) => records.map(({ origin, news }) => [origin, news]))).toEqual([
      ['list', false],
      ['list', false],
      ['watch', true],
    ]);
    expect(server.of('watch')[0]?.query).toMatchObject({ resourceVersion: '7', timeoutSeconds: '1' });
    expect(batches[0]?.records[0]).toMatchObject({
      cluster: 'test',
      epoch: 1,
      scope: '*',
      body: { metadata: { uid: 'uid-a' } },
    });
    expect(Object.fromEntries(counted)).toMatchObject({ lists: 1, watches: 1, ADDED: 1 });
  });

  test('commits the position, and coverage from then on, only with the last page', async () => {
    const page: Answer = (reply, { query }) =>
      query['continue'] === undefined
        ? reply.json(200, { metadata: { resourceVersion: '7', continue: 'next' }, items: [event('a', 3)] })
        : reply.json(200, { metadata: { resourceVersion: '7' }, items: [event('b', 5)] });
    let clock = 100;
    const harness = await startSource(
      { list: [page], watch: [watch()] },
      { timings: { pageLimit: 500 }, now: () => clock++ },
    );
    await committed(harness, '7');
    const lists = harness.server.of('list');
    expect(lists.map(({ query }) => [query['limit'], query['continue']])).toEqual([
      ['500', undefined],
      ['500', 'next'],
    ]);
    expect(lists[0]?.headers).toContain('accept-encoding: gzip');
    expect(positions(harness.batches)).toEqual([undefined, undefined, '7']);
    const observed = harness.batches.at(-1)?.observed;
    expect(observed?.from).toBe(observed?.to);
    expect(observed?.from).toBeLessThan(harness.batches[0]?.records[0]?.receivedAt ?? 0);
  });

  test('begins the list again when its continue token has expired', async () => {
    const harness = await startSource({
      list: [
        (reply) => reply.json(200, { metadata: { resourceVersion: '7', continue: 'next' }, items: [event('a', 3)] }),
        (reply) => reply.json(410, expired),
        list(9, event('a', 3)),
      ],
      watch: [watch()],
    });
    await committed(harness, '9');
    expect(breaks(harness.batches)).toEqual([]);
  });

  test('begins the list again when its continue token leads back to the same page', async () => {
    const loop: Answer = (reply) =>
      reply.json(200, { metadata: { resourceVersion: '7', continue: 'same' }, items: [] });
    const harness = await startSource({ list: [loop, loop, list(9)], watch: [watch()] });
    await committed(harness, '9');
    expect(harness.server.of('list').map(({ query }) => query['continue'])).toEqual([undefined, 'same', undefined]);
    expect(harness.logged.join()).toContain('found the continue token of the page before');
  });

  test('is retried until the API server answers', async () => {
    const harness = await startSource({
      namespace: [(reply) => reply.cut(), (reply) => reply.json(200, { metadata: { uid: 'cluster-uid' } })],
      list: [
        (reply) => reply.status(500, 'InternalError', 'etcd is away'),
        () => {},
        (reply) => reply.begin().chunk('{"metadata":{"resourceVersion":"7"},"items":[').cut(),
        list(7),
      ],
      watch: [watch()],
    });
    await committed(harness, '7');
    expect(harness.registered).toEqual([{ name: 'test', uid: 'cluster-uid' }]);
    await vi.waitFor(() => expect(harness.source.status()[0]?.state).toBe('watching'));
    expect(harness.logged.join()).toContain('etcd is away');
  });
});

describe('a scope with a position', () => {
  test('resumes from it without a list, and extends coverage to now', async () => {
    const harness = await startSource(
      { refresh: [list(9)], watch: [watch(frame('ADDED', event('a', 8)))] },
      { positions: { '*': { resourceVersion: '5', observedUntil: 1000 } }, now: () => 5000 },
    );
    await committed(harness, '8');
    expect(harness.server.of('list')).toEqual([]);
    expect(harness.server.of('watch')[0]?.query['resourceVersion']).toBe('5');
    expect(harness.batches[0]).toMatchObject({ observed: { from: 1000, to: 5000 }, breaks: [] });
  });

  test.each([
    ['HTTP status 410', (reply) => reply.json(410, expired)],
    ['an ERROR frame', (reply) => reply.begin().chunk(frame('ERROR', expired))],
    [
      'an ERROR frame of reason Gone',
      (reply) => reply.begin().chunk(frame('ERROR', { kind: 'Status', reason: 'Gone' })),
    ],
  ] satisfies [string, Answer][])(
    'lists again after %s: a break, and what was written in it is news',
    async (_, gone) => {
      const harness = await startSource(
        { refresh: [list(90)], list: [list(90, event('a', 4), event('b', 50))], watch: [gone, watch()] },
        { positions: { '*': { resourceVersion: '5', observedUntil: 1000 } }, now: () => 5000 },
      );
      await committed(harness, '90');
      expect(
        harness.batches.flatMap(({ records }) => records.map(({ body, news }) => [body.metadata.name, news])),
      ).toEqual([
        ['a', false],
        ['b', true],
      ]);
      expect(breaks(harness.batches)).toEqual([
        { from: 1000, to: 5000, cause: 'stopped', healed: true, unknown: 'revisions' },
      ]);
      expect(harness.batches.at(-1)?.observed).toEqual({ from: 5000, to: 5000 });
      expect(harness.counted.get('break stopped')).toBe(1);
    },
  );

  test('blames a break on what interrupted observation', async () => {
    const gone: Answer = (reply) => reply.json(410, expired);
    const seen = watch(frame('ADDED', event('a', 6)));
    const cutAfterFrame: Answer = (reply, request) => {
      seen(reply, request);
      setImmediate(() => reply.cut());
    };
    const observe = async (...failures: readonly Answer[]) => {
      const harness = await startSource(
        { refresh: [list(90)], list: [list(90)], watch: [cutAfterFrame, ...failures, gone, watch()] },
        { positions: { '*': {} } },
      );
      await committed(harness, '90');
      return breaks(harness.batches).map(({ cause, detail }) => [cause, detail]);
    };
    expect(await observe()).toEqual([['expired', expect.stringContaining('too old resource version')]]);
    expect(await observe((reply) => reply.status(503, 'ServiceUnavailable', 'starting'))).toEqual([
      ['unreachable', expect.stringContaining('starting')],
    ]);
    expect(await observe((reply) => reply.status(403, 'Forbidden', 'events is forbidden'))).toEqual([
      ['refused', expect.stringContaining('events is forbidden')],
    ]);
  });
});

describe('a watch that is interrupted', () => {
  test('resumes from its last whole frame when it is cut within one', async () => {
    const torn = frame('ADDED', event('b', 9));
    const harness = await startSource({
      list: [list(7)],
      refresh: [list(9)],
      watch: [
        (reply) => {
          reply.begin().chunk(frame('ADDED', event('a', 8)) + torn.slice(0, 40));
          setTimeout(() => reply.cut(), 20);
        },
        watch(torn),
      ],
    });
    await committed(harness, '9');
    expect(harness.server.of('watch').map(({ query }) => query['resourceVersion'])).toEqual(['7', '8']);
    expect(names(harness.batches)).toEqual(['a@8', 'b@9']);
    expect(breaks(harness.batches)).toEqual([]);
  });

  test('is given up when it is half-open, and resumed', async () => {
    const silent: Answer = (reply) => void reply.begin();
    const harness = await startSource({
      list: [list(7)],
      refresh: [list(9)],
      watch: [silent, watch(frame('ADDED', event('a', 8)))],
    });
    await committed(harness, '8');
    expect(harness.server.of('watch').map(({ query }) => query['resourceVersion'])).toEqual(['7', '7']);
  });

  test('is resumed after the server was gone', async () => {
    const harness = await startSource({
      list: [list(7)],
      refresh: [list(9)],
      watch: [watch(), watch(frame('ADDED', event('a', 8)))],
    });
    await vi.waitFor(() => expect(harness.source.status()[0]?.state).toBe('watching'));
    await harness.server.stop();
    await vi.waitFor(() =>
      expect(harness.source.status()[0]).toMatchObject({
        state: 'unreachable',
        problem: expect.stringContaining('refused'),
      }),
    );
    await harness.server.listen();
    await committed(harness, '8');
    expect(harness.source.status()[0]).toMatchObject({ state: 'watching' });
    expect(harness.source.status()[0]?.problem).toBeUndefined();
  });

  test('waits as long as Retry-After says', async () => {
    const arrivals: number[] = [];
    const harness = await startSource({
      list: [list(7)],
      refresh: [list(9)],
      watch: [
        (reply) => {
          arrivals.push(performance.now());
          reply.status(429, 'TooManyRequests', 'slow down', 'Retry-After: 1\r\n');
        },
        (reply, request) => {
          arrivals.push(performance.now());
          watch(frame('ADDED', event('a', 8)))(reply, request);
        },
      ],
    });
    await committed(harness, '8');
    const [first = 0, second = 0] = arrivals;
    expect(second - first).toBeGreaterThanOrEqual(1000);
  });

  test('comes back less and less often when Retry-After says 0 every time', async () => {
    const arrivals: number[] = [];
    const harness = await startSource(
      {
        list: [
          (reply) => {
            arrivals.push(performance.now());
            reply.status(429, 'TooManyRequests', 'slow down', 'Retry-After: 0\r\n');
          },
        ],
      },
      { timings: { backoff: { baseMs: 10, capMs: 1000 } }, random: () => 0.9 },
    );
    await vi.waitFor(() => expect(harness.server.of('list')).toHaveLength(6));
    const [first = 0, last = 0] = [arrivals[0], arrivals[5]];
    // 9 + 18 + 36 + 72 + 144 ms, instead of 5 times 9.
    expect(last - first).toBeGreaterThan(200);
  });
});

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

describe('an idle watch', () => {
  test('moves the position to a refreshed version once it has ended cleanly', async () => {
    let clock = 1000;
    const harness = await startSource(
      { list: [list(7)], refresh: [list(40)], watch: [watch()] },
      { now: () => clock++ },
    );
    await committed(harness, '40');
    await vi.waitFor(() => expect(harness.server.of('watch')[1]?.query['resourceVersion']).toBe('40'));
    const [listed, refreshed] = harness.batches.map(({ observed }) => observed);
    expect(refreshed?.from).toBe(listed?.to);
    expect(refreshed?.to).toBeGreaterThan(refreshed?.from ?? 0);
  });

  test.each([
    ['is cut', (reply) => setTimeout(() => reply.cut(), 900)],
    ['is half-open', () => {}],
    ['is ended before its timeout', (reply) => setTimeout(() => reply.end(), 900)],
  ] satisfies [string, (reply: Reply) => unknown][])('does not when it %s', async (_, ending) => {
    const harness = await startSource({
      list: [list(7)],
      refresh: [list(40)],
      watch: [
        (reply) => {
          reply.begin();
          ending(reply);
        },
        watch(frame('ADDED', event('late', 8))),
      ],
    });
    await committed(harness, '8');
    expect(harness.server.of('refresh').length).toBeGreaterThan(1);
    expect(positions(harness.batches)).toEqual(['7', '8']);
  });

  test('does not when a frame from before the refresh arrives after it', async () => {
    const delayed: Answer = (reply, { query }) => {
      reply.begin();
      setTimeout(() => reply.chunk(frame('ADDED', event('late', 8))), 850);
      setTimeout(() => reply.end(), Number(query['timeoutSeconds']) * 1000 + 5);
    };
    const harness = await startSource({ list: [list(7)], refresh: [list(40)], watch: [delayed, watch()] });
    await vi.waitFor(() => expect(harness.server.of('watch')).toHaveLength(2), { timeout: 3000 });
    expect(positions(harness.batches)).toEqual(['7', '8']);
    expect(harness.server.of('watch')[1]?.query['resourceVersion']).toBe('8');
  });

  test('does not move it back when a frame overtakes the answer to a refresh', async () => {
    let overtake = (): void => {};
    const idle: Answer = (reply, { query }) => {
      reply.begin();
      overtake = () => void reply.chunk(frame('ADDED', event('a', 50)));
      setTimeout(() => reply.end(), Number(query['timeoutSeconds']) * 1000 + 5);
    };
    const late: Answer = (reply, request) => {
      overtake();
      setTimeout(() => list(40)(reply, request), 30);
    };
    const harness = await startSource({ list: [list(7)], refresh: [late, () => {}], watch: [idle, watch()] });
    await vi.waitFor(() => expect(harness.server.of('watch')).toHaveLength(2), { timeout: 3000 });
    expect(positions(harness.batches)).toEqual(['7', '50']);
    expect(harness.server.of('watch')[1]?.query['resourceVersion']).toBe('50');
  });

  test('shows contact by its refreshes', async () => {
    const harness = await startSource({ list: [list(7)], refresh: [list(40)], watch: [watch()] });
    await vi.waitFor(() => expect(harness.source.status()[0]?.state).toBe('watching'));
    const before = harness.source.status()[0]?.lastContact ?? 0;
    await vi.waitFor(() => expect(harness.source.status()[0]?.lastContact).toBeGreaterThan(before));
  });
});

describe('contact', () => {
  const lastContact = ({ source }: Harness): number | undefined => source.status()[0]?.lastContact;

  test('is not made by lists that break off', async () => {
    const harness = await startSource({
      list: [(reply) => reply.begin().chunk('{"metadata":{"resourceVersion":"7"},"items":[').cut()],
    });
    await vi.waitFor(() => expect(harness.server.of('list').length).toBeGreaterThan(3));
    expect(lastContact(harness)).toBeUndefined();
  });

  test.each([
    ['that its position has expired', { kind: 'Status', code: 410, reason: 'Expired' }],
    ['that it has a problem', { kind: 'Status', code: 500 }],
  ])('is made once by watches that say nothing but %s', async (_, status) => {
    let clock = 1_000;
    const harness = await startSource(
      {
        list: [list(7)],
        refresh: [list(7)],
        watch: [(reply) => reply.begin().chunk(frame('ERROR', status))],
      },
      { now: () => ++clock },
    );
    await vi.waitFor(() => expect(harness.counted.get('ERROR')).toBeGreaterThan(0));
    const first = lastContact(harness);
    await vi.waitFor(() => expect(harness.counted.get('ERROR')).toBeGreaterThan(3));
    expect(first).toBeGreaterThan(1_000);
    expect(lastContact(harness)).toBe(first);
  });

  test('is not made by a server that answers everything but watches', async () => {
    const harness = await startSource({
      list: [list(7)],
      refresh: [list(7)],
      watch: [(reply) => reply.status(500, 'InternalError', 'no')],
    });
    await vi.waitFor(() => expect(harness.server.of('watch').length).toBeGreaterThan(3));
    expect(lastContact(harness)).toBeUndefined();
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

  test('does not keep the source from stopping', async () => {
    const harness = await startSource({ list: [list(7)], watch: [watch()] }, { offer: () => new Promise(() => {}) });
    await vi.waitFor(() => expect(harness.server.of('list')).toHaveLength(1));
    await harness.stop();
    expect(harness.batches).toEqual([]);
  });
});
