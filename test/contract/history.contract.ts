/** What every implementation of {@link History} must do. Its answers are compared with the plainest model there is. */
import assert from 'node:assert/strict';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { eventFilter } from '../../src/component/event-filter.ts';
import type { EventQuery, EventsOptions, History, HourlyCount, StoredEvent } from '../../src/component/history.ts';
import type { Log } from '../../src/component/log.ts';
import { type Break, type Interval, unite } from '../../src/core/coverage.ts';
import { countOf } from '../../src/core/event.ts';
import { type EventRecord, eventRecord } from '../../src/core/record.ts';
import { hostileEvents, mistypedEvents, type RevisionSpec, revision, revisions, START } from './event-arbitrary.ts';
import { filterSources } from './filter-arbitrary.ts';

const HOUR_MS = 3_600_000;
const RUNS = { numRuns: 60 };
const ALL: EventsOptions = { order: 'oldest-first', revisions: true };

/** What a store can know of a whole group, and what it cannot. */
const CONDITIONS = [
  'cluster == "prod"',
  'event.metadata.namespace in ["shop", "none"]',
  'event.type == "Warning"',
  'event.reason.startsWith("Back")',
  'event.involvedObject.kind.matches("^(Pod|Job)$")',
  'event.involvedObject.name == "web-1"',
  'event.count > 2',
  'event.message.contains("a")',
  'has(event.series)',
  'occurrences > 1',
];

const instant = fc.integer({ min: -1, max: 13 }).map((step) => START + step * 600_000);
const query: fc.Arbitrary<EventQuery> = fc.record(
  {
    since: instant,
    until: instant,
    namespaces: fc.subarray(['shop', 'bank', 'none']),
    types: fc.subarray(['Warning', 'Normal']),
    reasons: fc.subarray(['BackOff', 'Pulled']),
    clusters: fc.subarray(['prod', 'test']),
    object: fc.record(
      { name: fc.constantFrom('web-0', 'web-1'), kind: fc.constantFrom('pod', 'Pod', 'Job') },
      { requiredKeys: ['name'] },
    ),
    filter: filterSources(CONDITIONS).map(eventFilter),
  },
  { requiredKeys: [] },
);
const options: fc.Arbitrary<EventsOptions> = fc.record(
  {
    revisions: fc.boolean(),
    order: fc.constantFrom('oldest-first' as const, 'newest-first' as const),
    limit: fc.integer({ min: 0, max: 8 }),
  },
  { requiredKeys: ['order'] },
);

/** What is asked of every set: a story in full, and a range that ends before the latest revisions of most events. */
const ALWAYS_ASKED: readonly [EventQuery, EventsOptions][] = [
  [{ object: { name: 'web-1' } }, ALL],
  [{ until: START + HOUR_MS }, { order: 'newest-first' }],
];

/** `open` gives an empty history each time. */
export function describeHistory(name: string, open: () => Promise<History>): void {
  const withHistory = async <T>(use: (history: History) => Promise<T>): Promise<T> => {
    const history = await open();
    try {
      return await use(history);
    } finally {
      await history.close();
    }
  };

  describe(`${name} as a history`, () => {
    test('answers as the plainest model, for any set of revisions and any query', async () => {
      await fc.assert(
        fc.asyncProperty(
          revisions,
          fc.array(fc.tuple(query, options), { minLength: 1, maxLength: 8 }),
          async (records, asked) => {
            await withHistory(async (history) => {
              await history.apply(records);
              for (const [question, how] of [...ALWAYS_ASKED, ...asked]) {
                const [found, expected] = [await all(history, question, how), model(records, question, how)];
                expect(keysOf(found)).toEqual(keysOf(expected));
                expect(found.map(({ occurrences }) => occurrences)).toEqual(
                  expected.map((record) => occurrencesOf(record, records)),
                );
                expect(await history.hourlyCounts(question)).toEqual(modelCounts(records, question));
              }
            });
          },
        ),
        RUNS,
      );
    });

    test('finds the revision before each, as the plainest model', async () => {
      await fc.assert(
        fc.asyncProperty(revisions, async (records) => {
          await withHistory(async (history) => {
            await history.apply(records.filter((_, index) => index % 4 > 0));
            const stored = await all(history, {}, ALL);
            const before = (record: EventRecord) =>
              keysOf(
                stored
                  .filter(({ body }) => body.metadata.uid === record.body.metadata.uid)
                  .filter((other) => byVersion(other, record) < 0)
                  .toSorted(byVersion)
                  .slice(-1),
              );
            const found = await history.previous(records);
            expect(found.map((previous) => keysOf(previous ? [previous] : []))).toEqual(records.map(before));
          });
        }),
        RUNS,
      );
    });

    test('takes no event of another cluster or object for an earlier revision', async () => {
      const spec: RevisionSpec = { event: 1, object: 1, resourceVersion: 10, second: 0, count: 1 };
      const records = [revision(spec), revision({ ...spec, object: 2 }), revision(spec, { cluster: 'test' })];
      await withHistory(async (history) => {
        await history.apply(records.slice(1));
        const later = revision({ ...spec, resourceVersion: 11 });
        expect(await history.previous([later])).toEqual([undefined]);
        await history.apply(records);
        expect(await history.previous([later, ...records])).toEqual([records[0], undefined, undefined, undefined]);
      });
    });

    test('gives the same answers whatever the order in which revisions are offered, and how often', async () => {
      const offers = revisions.chain((records) =>
        fc.record({
          records: fc.constant(records),
          // Some of them before, all of them in another order, some of them again.
          batches: fc
            .tuple(
              fc.subarray([...records]),
              fc.shuffledSubarray([...records], { minLength: records.length }),
              fc.subarray([...records]),
            )
            .chain((parts) => cut(parts.flat())),
        }),
      );
      await fc.assert(
        fc.asyncProperty(offers, async ({ records, batches }) => {
          const expected = await withHistory(async (history) => {
            await history.apply(records.toSorted(byVersion));
            return answers(history);
          });
          await withHistory(async (history) => {
            let added = 0;
            for (const batch of batches) {
              const { occurrences } = await history.apply(batch);
              expect(occurrences).toHaveLength(batch.length);
              added += occurrences.reduce((sum, count) => sum + Math.max(count, 0), 0);
            }
            expect(await answers(history)).toEqual(expected);
            expect(added).toBe(expected.hourly.reduce((sum, count) => sum + count.occurrences, 0));
          });
        }),
        RUNS,
      );
    });

    test('gives back every event exactly, however odd', async () => {
      const envelope = {
        cluster: 'prod',
        epoch: 3,
        scope: 'shop',
        receivedAt: START,
        origin: 'list',
        news: false,
      } as const;
      await withHistory(async (history) => {
        let version = 0;
        await fc.assert(
          fc.asyncProperty(fc.oneof(hostileEvents, mistypedEvents), async (event) => {
            const unique = { ...event.metadata, resourceVersion: String(++version) };
            const record = eventRecord({ ...event, metadata: unique }, envelope);
            expect(await history.apply([record])).toEqual({ occurrences: [expect.any(Number)] });
            const { occurrences: _, firstSeen: __, ...stored } = await onlyOf(history, version);
            assert.deepStrictEqual(stored, record);
          }),
          { numRuns: 400 },
        );
      });

      async function onlyOf(history: History, version: number): Promise<StoredEvent> {
        const found = (await all(history, {}, ALL)).filter(
          (event) => event.body.metadata.resourceVersion === String(version),
        );
        await history.expire({ before: Number.MAX_SAFE_INTEGER, limit: 10 });
        assert.equal(found.length, 1);
        return found[0] ?? assert.fail();
      }
    });

    test('adds -1 for a revision that is stored already, 0 for one whose count did not grow', async () => {
      const spec: RevisionSpec = { event: 1, object: 1, resourceVersion: 10, second: 0, count: 7 };
      await withHistory(async (history) => {
        const grown = { ...spec, resourceVersion: 12, second: 60, count: 12 };
        const records = [
          spec,
          { ...spec, resourceVersion: 11 },
          grown,
          spec,
          { ...grown, resourceVersion: 13, count: 3 },
        ];
        const { occurrences } = await history.apply(records.map((record) => revision(record)));
        expect(occurrences).toEqual([7, 0, 5, -1, 3]);
      });
    });

    test('counts what a later epoch brings back only from where the earlier ones had come to', async () => {
      const spec: RevisionSpec = { event: 1, object: 1, resourceVersion: 10, second: 0, count: 3 };
      const records = [
        revision(spec),
        revision({ ...spec, resourceVersion: 20, second: 600, count: 9 }),
        revision(spec, { epoch: 2 }),
        revision({ ...spec, resourceVersion: 11, second: 1_200, count: 10 }, { epoch: 2 }),
        revision({ ...spec, resourceVersion: 12, second: 1_800, count: 12 }, { epoch: 2 }),
      ];
      await withHistory(async (history) => {
        expect((await history.apply(records)).occurrences).toEqual([3, 6, 0, 1, 2]);
        const late = revision({ ...spec, resourceVersion: 21, second: 900, count: 11 });
        expect((await history.apply([late])).occurrences).toEqual([0]);
        const next = revision({ ...spec, resourceVersion: 13, second: 2_400, count: 13 }, { epoch: 2 });
        expect((await history.apply([next])).occurrences).toEqual([1]);
      });
    });

    test('tells clusters, epochs and uids of the same object and resourceVersion apart', async () => {
      const spec: RevisionSpec = { event: 1, object: 1, resourceVersion: 10, second: 0, count: 1 };
      const records = [
        revision(spec),
        revision(spec, { epoch: 2 }),
        revision(spec, { cluster: 'test' }),
        revision({ ...spec, event: 2 }),
      ];
      await withHistory(async (history) => {
        // What the next epoch brings back was counted before.
        expect((await history.apply(records)).occurrences).toEqual([1, 0, 1, 1]);
        expect((await history.apply(records)).occurrences).toEqual([-1, -1, -1, -1]);
        const stored = await all(history, {}, ALL);
        const keys = (of: readonly EventRecord[]) =>
          new Set(of.map(({ cluster, epoch, body }) => `${cluster} ${epoch} ${body.metadata.uid}`));
        expect(keys(stored)).toEqual(keys(records));
        expect(stored).toHaveLength(4);
        const latest = await all(history, {}, { order: 'oldest-first' });
        expect(keys(latest)).toEqual(keys(records.slice(1)));
        expect(latest).toHaveLength(3);
      });
    });

    test('keeps objects of one name apart by uid, namespace and kind', async () => {
      await withHistory(async (history) => {
        const base: RevisionSpec = { event: 1, object: 1, resourceVersion: 1, second: 0, count: 1 };
        const other = revision({ ...base, event: 2, resourceVersion: 2 });
        const incarnation = { ...other.body, involvedObject: { ...other.body.involvedObject, uid: 'second' } };
        const records = [revision(base), { ...other, body: incarnation, subject: incarnation.involvedObject }];
        records.push(revision({ ...base, event: 3, resourceVersion: 3, namespace: 'bank' }));
        records.push(revision({ ...base, event: 4, resourceVersion: 4, kind: 'StatefulSet' }));
        await history.apply(records);
        const versions = async (object: EventQuery['object'] & object) =>
          (await all(history, { object }, ALL)).map((event) => event.body.metadata.resourceVersion);
        expect(await versions({ name: 'web-1' })).toEqual(['1', '2', '3', '4']);
        expect(await versions({ name: 'web-1', uid: 'second' })).toEqual(['2']);
        expect(await versions({ name: 'web-1', namespace: 'bank' })).toEqual(['3']);
        expect(await versions({ name: 'web-1', kind: 'statefulset' })).toEqual(['4']);
        expect(await versions({ name: 'web-1', kind: 'Pod', namespace: 'shop' })).toEqual(['1', '2']);
        expect(await versions({ name: 'web' })).toEqual([]);
      });
    });

    test('answers a query from what was stored when it began, also while more is stored', async () => {
      await withHistory(async (history) => {
        const specs = Array.from({ length: 1_200 }, (_, index) => ({
          event: index,
          object: index % 7,
          resourceVersion: index,
          second: index,
          count: 1,
        }));
        await history.apply(specs.map((spec) => revision(spec)));
        let seen = 0;
        for await (const _ of history.events({}, { order: 'oldest-first' })) {
          if (seen++ === 0) {
            const later = specs.map((spec) => ({
              ...spec,
              resourceVersion: spec.resourceVersion + 5_000,
              second: spec.second + 2_000,
            }));
            await history.apply(later.map((spec) => revision(spec)));
          }
        }
        expect(seen).toBe(1_200);
      });
    });

    test('releases a query that is no longer iterated', async () => {
      await withHistory(async (history) => {
        await history.apply(
          [1, 2, 3].map((n) => revision({ event: n, object: 1, resourceVersion: n, second: n, count: 1 })),
        );
        for await (const event of history.events({}, { order: 'newest-first' })) {
          expect(event.body.metadata.resourceVersion).toBe('3');
          break;
        }
        expect(
          (await history.apply([revision({ event: 4, object: 1, resourceVersion: 4, second: 4, count: 1 })]))
            .occurrences,
        ).toEqual([1]);
      });
    });

    test('expires what is older, a few at a time, and keeps the rest as it was', async () => {
      await fc.assert(
        fc.asyncProperty(revisions, instant, fc.integer({ min: 1, max: 9 }), async (records, before, limit) => {
          await withHistory(async (history) => {
            await history.apply(records);
            const kept = model(records, {}, ALL).filter(({ time }) => time >= before);
            const expected = countsOf(records, kept);
            let expired = 0;
            for (;;) {
              const deleted = await history.expire({ before, limit });
              expired += deleted;
              if (deleted < limit) break;
              expect(deleted).toBe(limit);
            }
            expect(expired).toBe(records.length - kept.length);
            expect(keysOf(await all(history, {}, ALL))).toEqual(keysOf(kept));
            const latest: EventsOptions = { order: 'newest-first' };
            expect(keysOf(await all(history, {}, latest))).toEqual(keysOf(model(kept, {}, latest)));
            expect(await history.hourlyCounts({})).toEqual(expected);
            expect((await history.stats()).revisions).toBe(kept.length);
            // What expired is stored again, what stayed is not stored twice.
            const { occurrences } = await history.apply(records);
            expect(occurrences.map((added) => added === -1)).toEqual(records.map(({ time }) => time >= before));
            expect(keysOf(await all(history, {}, ALL))).toEqual(keysOf(model(records, {}, ALL)));
            expect(keysOf(await all(history, {}, latest))).toEqual(keysOf(model(records, {}, latest)));
          });
        }),
        RUNS,
      );
    });

    test('expires revisions of an event of two epochs, and falls back to the latest that is left', async () => {
      const spec: RevisionSpec = { event: 1, object: 1, resourceVersion: 10, second: 0, count: 3 };
      const records = [
        revision(spec),
        revision({ ...spec, resourceVersion: 20, second: 600, count: 9 }),
        // The snapshot brings the first one back, under the same resourceVersion.
        revision(spec, { epoch: 2 }),
      ];
      const latest: EventsOptions = { order: 'oldest-first' };
      const seen = async (history: History, how: EventsOptions) =>
        (await all(history, {}, how)).map(({ epoch, body }) => [epoch, body.metadata.resourceVersion]);
      await withHistory(async (history) => {
        expect((await history.apply(records)).occurrences).toEqual([3, 6, 0]);
        expect(await seen(history, latest)).toEqual([[2, '10']]);
        expect(await seen(history, ALL)).toEqual([
          [1, '10'],
          [2, '10'],
          [1, '20'],
        ]);
        expect(await history.expire({ before: START + 300_000, limit: 10 })).toBe(2);
        expect(await seen(history, latest)).toEqual([[1, '20']]);
        expect((await history.hourlyCounts({})).map(({ occurrences }) => occurrences)).toEqual([6]);
        // What the cluster goes on with is held against what is left.
        const next = revision({ ...spec, resourceVersion: 11, second: 900, count: 10 }, { epoch: 2 });
        expect((await history.apply([next])).occurrences).toEqual([1]);
        expect(await seen(history, latest)).toEqual([[2, '11']]);
      });
    });

    test('stores an expired revision again when it is offered again, as no news', async () => {
      const spec: RevisionSpec = { event: 1, object: 1, resourceVersion: 10, second: 0, count: 1 };
      const records = [
        spec,
        { ...spec, resourceVersion: 11, second: 60, count: 2 },
        { ...spec, resourceVersion: 12, second: 120, count: 5 },
      ];
      await withHistory(async (history) => {
        await history.apply(records.map((record) => revision(record)));
        expect(await history.expire({ before: START + 120_000, limit: 10 })).toBe(2);
        expect((await history.apply([revision(spec)])).occurrences).toEqual([1]);
        const stored = await all(history, {}, ALL);
        expect(stored.map(({ news, body }) => [body.metadata.resourceVersion, news])).toEqual([
          ['10', false],
          ['12', true],
        ]);
        // The revision that stayed still shows the three occurrences since the one that is gone.
        expect((await history.hourlyCounts({})).map(({ occurrences }) => occurrences)).toEqual([4]);
        expect(await history.expire({ before: START + 120_000, limit: 10 })).toBe(1);
      });
    });

    test('tells how much is stored', async () => {
      await withHistory(async (history) => {
        expect(await history.stats()).toEqual({ revisions: 0, bytes: expect.any(Number) });
        await history.apply(
          [1, 2].map((n) => revision({ event: n, object: 1, resourceVersion: n, second: n, count: 1 })),
        );
        const { bytes, ...rest } = await history.stats();
        expect(rest).toEqual({ revisions: 2, oldest: START + 1_000, newest: START + 2_000 });
        expect(bytes).toBeGreaterThan(1_000);
      });
    });
  });
}

const interval: fc.Arbitrary<Interval> = fc
  .tuple(fc.nat(40), fc.nat(12))
  .map(([from, length]) => ({ from: START + from, to: START + from + length }));
const interruption: fc.Arbitrary<Break> = fc.record({
  from: fc.integer({ min: 0, max: 3 }).map((n) => START + n),
  to: fc.integer({ min: 5, max: 9 }).map((n) => START + n),
  cause: fc.constantFrom('stopped' as const, 'expired' as const),
  healed: fc.boolean(),
  unknown: fc.constant('revisions' as const),
});

/** For implementations that are both: what is appended to the log is in the history's answers. */
export function describeCoverage(name: string, open: () => Promise<Log & History>): void {
  const ledgerOf = async (batches: readonly (Interval | Break)[], range: Interval) => {
    const store = await open();
    try {
      for (const entry of batches) {
        const part = 'cause' in entry ? { breaks: [entry] } : { observed: entry };
        await store.append([{ cluster: 'prod', epoch: 1, scope: '*', records: [], ...part }]);
      }
      return await store.coverage(range);
    } finally {
      await store.close();
    }
  };

  describe(`${name} as a coverage ledger`, () => {
    test('unites intervals whatever the order in which they are offered, and how often', async () => {
      const range = { from: START + 10, to: START + 30 };
      await fc.assert(
        fc.asyncProperty(fc.array(interval, { minLength: 1, maxLength: 8 }), async (intervals) => {
          const [ledger] = await ledgerOf([...intervals, ...intervals.toReversed()], range);
          const within = unite(intervals).filter(({ from, to }) => from <= range.to && to >= range.from);
          const cutOff = within.map(({ from, to }) => ({
            from: Math.max(from, range.from),
            to: Math.min(to, range.to),
          }));
          expect(ledger).toEqual({ cluster: 'prod', scope: '*', intervals: cutOff, breaks: [] });
        }),
        RUNS,
      );
    });

    test('keeps one break a start and cause, the same whatever the order', async () => {
      const range = { from: START, to: START + 100 };
      await fc.assert(
        fc.asyncProperty(fc.array(interruption, { minLength: 1, maxLength: 6 }), async (breaks) => {
          const [ledger] = await ledgerOf(breaks, range);
          expect((await ledgerOf([...breaks.toReversed(), ...breaks], range))[0]).toEqual(ledger);
          const keys = new Set(breaks.map(({ from, cause }) => `${from} ${cause}`));
          expect(ledger?.breaks.map(({ from, cause }) => `${from} ${cause}`)).toEqual([...keys].toSorted());
        }),
        RUNS,
      );
    });

    test('prefers the healed version of a break to any other, then the longer one', async () => {
      const open: Break = {
        from: START,
        to: START + 9,
        cause: 'stopped',
        healed: false,
        unknown: 'revisions',
        detail: 'x',
      };
      const healed = { ...open, to: START + 5, healed: true };
      expect((await ledgerOf([healed, open], { from: START, to: START }))[0]?.breaks).toEqual([healed]);
      const longer = { ...open, to: START + 10 };
      expect((await ledgerOf([longer, open], { from: START, to: START }))[0]?.breaks).toEqual([longer]);
    });

    test('names scopes that were not observed in the range, by cluster and name', async () => {
      const store = await open();
      const observed = { from: START, to: START + 5 };
      await store.append([
        { cluster: 'prod', epoch: 1, scope: 'shop', records: [], observed },
        { cluster: 'prod', epoch: 1, scope: 'bank', records: [], position: '7' },
        { cluster: 'test', epoch: 1, scope: '*', records: [], observed },
      ]);
      const coverage = await store.coverage({ from: START + 10, to: START + 20 });
      expect(coverage.map(({ cluster, scope }) => [cluster, scope])).toEqual([
        ['prod', 'bank'],
        ['prod', 'shop'],
        ['test', '*'],
      ]);
      await store.close();
    });

    test('stores the records of batches with their position and coverage', async () => {
      const store = await open();
      const record = revision({ event: 1, object: 1, resourceVersion: 5, second: 0, count: 1 });
      const batch = {
        cluster: 'prod',
        epoch: 1,
        scope: '*',
        records: [record],
        position: '5',
        observed: { from: START, to: START + 5 },
      };
      expect(await store.append([batch, batch])).toEqual({ occurrences: [1, -1] });
      expect(await all(store, {}, ALL)).toEqual([{ ...record, occurrences: 1, firstSeen: START }]);
      expect((await store.register({ name: 'prod' })).positions).toEqual(
        new Map([['*', { epoch: 1, resourceVersion: '5', observedUntil: START + 5 }]]),
      );
      await store.close();
    });
  });
}

async function all(history: Pick<History, 'events'>, question: EventQuery, how: EventsOptions): Promise<StoredEvent[]> {
  const events: StoredEvent[] = [];
  for await (const event of history.events(question, how)) events.push(event);
  return events;
}

async function answers(history: History) {
  return {
    revisions: await all(history, {}, ALL),
    latest: await all(history, {}, { order: 'newest-first' }),
    early: await all(history, { until: START + HOUR_MS }, { order: 'oldest-first' }),
    story: await all(history, { object: { name: 'web-1' } }, { order: 'oldest-first' }),
    hourly: await history.hourlyCounts({}),
    stored: (await history.stats()).revisions,
  };
}

function keysOf(records: readonly EventRecord[]): string[] {
  return records.map(
    ({ body: { metadata }, time, epoch }) => `${time - START} ${metadata.uid} ${epoch} ${metadata.resourceVersion}`,
  );
}

const versionOf = (record: EventRecord): number => Number(record.body.metadata.resourceVersion);
/** What the revisions of one event are ordered by. */
const byVersion = (a: EventRecord, b: EventRecord): number => a.epoch - b.epoch || versionOf(a) - versionOf(b);
const byTime = (a: EventRecord, b: EventRecord): number => a.time - b.time || byVersion(a, b);

function cut<T>(items: readonly T[]): fc.Arbitrary<T[][]> {
  return fc.array(fc.nat(items.length), { maxLength: 4 }).map((places) => {
    const edges = [0, ...places.toSorted((a, b) => a - b), items.length];
    return edges.slice(1).map((to, index) => items.slice(edges[index], to));
  });
}

function isSelected(record: EventRecord, query: EventQuery, records: readonly EventRecord[]): boolean {
  const { body, subject } = record;
  const { object } = query;
  const isOneOf = (wanted: readonly string[] | undefined, value = '') => wanted === undefined || wanted.includes(value);
  const isAbout = object === undefined || subject.name === object.name;
  const isOfKind = object?.kind === undefined || subject.kind?.toLowerCase() === object.kind.toLowerCase();
  return [
    isOneOf(query.clusters, record.cluster),
    isOneOf(query.namespaces, body.metadata.namespace),
    isOneOf(query.types, body.type),
    isOneOf(query.reasons, body.reason),
    isAbout,
    isOfKind,
    query.filter?.matches({ ...record, occurrences: occurrencesOf(record, records), firstSeen: 0 }) ?? true,
  ].every(Boolean);
}

function model(
  records: readonly EventRecord[],
  question: EventQuery,
  { revisions: every, order, limit }: EventsOptions,
): EventRecord[] {
  const { since = Number.NEGATIVE_INFINITY, until = Number.POSITIVE_INFINITY } = question;
  const inRange = records.filter(({ time }) => time >= since && time <= until);
  const isLatest = (record: EventRecord) =>
    !inRange.some((other) => other.body.metadata.uid === record.body.metadata.uid && byVersion(other, record) > 0);
  const found = inRange
    .filter((record) => isSelected(record, question, records) && (every || isLatest(record)))
    .toSorted(byTime);
  return (order === 'oldest-first' ? found : found.toReversed()).slice(0, limit);
}

function modelCounts(
  records: readonly EventRecord[],
  { object: _object, filter, ...question }: EventQuery,
): HourlyCount[] {
  const { since = Number.NEGATIVE_INFINITY, until = Number.POSITIVE_INFINITY } = question;
  const wanted = records.filter(
    (record) =>
      hourOf(record) >= hourAt(since) && hourOf(record) <= hourAt(until) && isSelected(record, question, records),
  );
  return countsOf(records, wanted).filter((group) => filter?.ofGroup(group) ?? filter === undefined);
}

const hourAt = (time: number): number => Math.floor(time / HOUR_MS) * HOUR_MS;
const hourOf = (record: EventRecord): number => hourAt(record.time);

/** Counts of `counted`, each with the occurrences it has among all `records`. */
function countsOf(records: readonly EventRecord[], counted: readonly EventRecord[]): HourlyCount[] {
  const counts = new Map<string, HourlyCount>();
  for (const record of counted) {
    const { cluster, body, subject } = record;
    const group = {
      cluster,
      namespace: body.metadata.namespace ?? '',
      type: body.type ?? '',
      reason: body.reason ?? '',
      kind: subject.kind ?? '',
    };
    const key = [hourOf(record), ...Object.values(group)].join(' ');
    const sum = counts.get(key) ?? { hour: hourOf(record), ...group, revisions: 0, occurrences: 0 };
    const occurrences = sum.occurrences + occurrencesOf(record, records);
    counts.set(key, { ...sum, revisions: sum.revisions + 1, occurrences });
  }
  return [...counts].toSorted(([a], [b]) => (a < b ? -1 : 1)).map(([, count]) => count);
}

/** What it adds to the revisions before it. */
function occurrencesOf(record: EventRecord, records: readonly EventRecord[]): number {
  const sameEvent = records.filter(({ body }) => body.metadata.uid === record.body.metadata.uid).toSorted(byVersion);
  const countsIn = (found: readonly EventRecord[]) => found.map(({ body }) => countOf(body));
  const upTo = countsIn(sameEvent.filter((one) => one.epoch === record.epoch && byVersion(one, record) <= 0));
  const [count = 0, previous = 0] = upTo.toReversed();
  if (count < previous) return count;
  const fell = upTo.some((one, index) => one < (upTo[index - 1] ?? 0));
  const reached = fell ? [] : countsIn(sameEvent.filter(({ epoch }) => epoch < record.epoch));
  return Math.max(0, count - Math.max(previous, ...reached));
}
