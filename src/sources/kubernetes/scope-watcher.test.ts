import { describe, expect, test, vi } from 'vitest';
import type { Answer } from '../../../test/helpers/scripted-server.ts';
import {
  breaks,
  committed,
  event,
  expired,
  frame,
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

  test('is listed in one answer when a continue token has expired', async () => {
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
    const asked = harness.server.of('list').map(({ query }) => [query['limit'], query['continue']]);
    expect(asked).toEqual([
      ['10000', undefined],
      ['10000', 'next'],
      [undefined, undefined],
    ]);
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
