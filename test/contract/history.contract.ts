/** What every implementation of {@link History} must do. Its answers are compared with the plainest model there is. */
import assert from 'node:assert/strict';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { eventFilter } from '../../src/component/event-filter.ts';
import type {
  CountQuery,
  EventClass,
  EventQuery,
  EventsOptions,
  History,
  StoredEvent,
} from '../../src/component/history.ts';
import { type EventRecord, eventRecord } from '../../src/core/record.ts';
import {
  hostileEvents,
  instant,
  mistypedEvents,
  type RevisionSpec,
  revision,
  revisions,
  START,
} from './event-arbitrary.ts';
import { filterSources } from './filter-arbitrary.ts';
import {
  ALL_REVISIONS,
  all,
  byVersion,
  groupKey,
  hourly,
  keysOf,
  model,
  modelCounts,
  occurrencesOf,
  sorted,
} from './history-model.ts';
import { useOpened } from './use-opened.ts';

const HOUR_MS = 3_600_000;
const RUNS = { numRuns: 60 };

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
    filter: filterSources(CONDITIONS).map((source) => eventFilter(source)),
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
  [{ object: { name: 'web-1' } }, ALL_REVISIONS],
  [{ until: START + HOUR_MS }, { order: 'newest-first' }],
];

/** `open` gives an empty history each time. */
export function describeHistory(name: string, open: () => Promise<History>): void {
  const withHistory = useOpened(open);

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
              }
            });
          },
        ),
        RUNS,
      );
    });

    test('counts as the plainest model, whether rollups can tell or not', async () => {
      const buckets = fc.option(
        fc.record({
          start: fc.oneof(instant, fc.constantFrom(START - 2 * HOUR_MS, START + HOUR_MS)),
          step: fc.constantFrom(HOUR_MS, 2 * HOUR_MS, HOUR_MS / 6, 1_500_000),
        }),
        { nil: undefined },
      );
      await fc.assert(
        fc.asyncProperty(
          revisions,
          fc.array(fc.tuple(query, buckets), { minLength: 1, maxLength: 8 }),
          async (records, asked) => {
            await withHistory(async (history) => {
              await history.apply(records);
              for (const [{ object: _, ...question }, how] of [[{}, undefined] as const, ...asked]) {
                const { counts, ...rest } = await history.counts(question, {
                  by: groupKey,
                  ...(how && { buckets: how }),
                });
                expect([sorted(counts), rest]).toEqual([modelCounts(records, question, how), {}]);
                const inAll = (group: EventClass) => groupKey({ ...group, namespace: '' });
                const byClass = await history.counts(question, {
                  by: inAll,
                  byClass: inAll,
                  ...(how && { buckets: how }),
                });
                const anywhere = await history.counts(question, { by: inAll, ...(how && { buckets: how }) });
                expect(sorted(byClass.counts)).toEqual(sorted(anywhere.counts));
              }
            });
          },
        ),
        RUNS,
      );
    });

    test('ends a count early when it is aborted, and says from when on it is complete', async () => {
      await withHistory(async (history) => {
        const numbers = Array.from({ length: 6_000 }, (_, index) => index + 1);
        await history.apply(
          numbers.map((n) => revision({ event: n, object: n % 7, resourceVersion: n, second: n * 100, count: 1 })),
        );
        const counted = async (question: CountQuery, step?: number) => {
          const buckets = step === undefined ? {} : { buckets: { start: START, step } };
          const { counts, countedFrom = 0 } = await history.counts(question, {
            by: groupKey,
            ...buckets,
            signal: AbortSignal.abort(),
          });
          const since = model(
            numbers.map((n) => revision({ event: n, object: 1, resourceVersion: n, second: n * 100, count: 1 })),
            { since: countedFrom },
            ALL_REVISIONS,
          ).length;
          const found = counts.reduce((sum, { revisions }) => sum + revisions, 0);
          expect(found).toBeGreaterThanOrEqual(since);
          return since;
        };
        expect(await counted({}, 60_000)).toBe(5_000);
        expect(await counted({}, HOUR_MS)).toBeLessThan(1_000);
        expect(await counted({ filter: eventFilter('event.count == 1', () => {}) })).toBe(500);
      });
    });

    test('gives pages that make up one list, whatever is stored between them', async () => {
      await fc.assert(
        fc.asyncProperty(
          revisions,
          revisions,
          query,
          fc.record({
            revisions: fc.boolean(),
            limit: fc.integer({ min: 1, max: 4 }),
            order: fc.constantFrom('newest-first', 'oldest-first'),
          }),
          async (records, later, question, how) => {
            await withHistory(async (history) => {
              await history.apply(records);
              const expected = model(records, question, { ...how, limit: 100 });
              const pages: (readonly StoredEvent[])[] = [];
              const arriving = later.map((record) => ({ ...record, epoch: record.epoch + 2 }));
              let next: string | undefined;
              do {
                const page = await history.page(question, { ...how, ...(next !== undefined && { after: next }) });
                pages.push(page.events);
                next = page.next;
                await history.apply(arriving.splice(0, 3));
              } while (next !== undefined);
              expect(keysOf(pages.flat())).toEqual(keysOf(expected));
              expect(pages.slice(0, -1).every(({ length }) => length === how.limit)).toBe(true);
            });
          },
        ),
        RUNS,
      );
    });

    test('ends a page early when it is aborted, and goes on from there', async () => {
      await withHistory(async (history) => {
        const numbers = Array.from({ length: 1_200 }, (_, index) => index + 1);
        await history.apply(
          numbers.map((n) => revision({ event: n, object: n % 7, resourceVersion: n, second: n, count: 1 })),
        );
        const question = { filter: eventFilter('event.metadata.resourceVersion == "3"', () => {}) };
        const options = { limit: 1, signal: AbortSignal.abort() };
        const first = await history.page(question, options);
        expect(first).toEqual({ events: [], next: expect.any(String), stoppedAt: START + 701_000 });
        let page = first;
        for (let asked = 0; asked < 5 && page.next !== undefined && page.events.length === 0; asked++) {
          page = await history.page(question, { ...options, after: page.next });
        }
        expect(keysOf(page.events)).toEqual(
          keysOf([revision({ event: 3, object: 3, resourceVersion: 3, second: 3, count: 1 })]),
        );
      });
    });

    test('refuses a place that it did not give', async () => {
      await withHistory(async (history) => {
        for (const after of ['', '1-0-1-2-3-4-5', '1-2-3']) {
          await expect(history.page({}, { limit: 1, after })).rejects.toMatchObject({ code: 'CURSOR_INVALID' });
        }
      });
    });

    test('finds a revision by its UID and resourceVersion, in each cluster and epoch', async () => {
      const spec: RevisionSpec = { event: 1, object: 1, resourceVersion: 10, second: 0, count: 1 };
      const found = [revision(spec, { epoch: 2 }), revision(spec, { cluster: 'test' }), revision(spec)];
      const others = [revision({ ...spec, resourceVersion: 11 }), revision({ ...spec, event: 2 })];
      await withHistory(async (history) => {
        expect(await history.clusters()).toEqual([]);
        await history.apply([...found, ...others].toReversed());
        expect(await history.clusters()).toEqual(['prod', 'test']);
        const { uid } = revision(spec).body.metadata;
        const places = (events: readonly EventRecord[]) => events.map(({ cluster, epoch }) => `${cluster} ${epoch}`);
        expect(places(await history.revision(uid, '10'))).toEqual(places(found));
        expect(await history.revision(uid, '12')).toEqual([]);
        expect(await history.revision('somebody', '10')).toEqual([]);
        expect(await history.revision(uid, 'x')).toEqual([]);
      });
    });

    test('finds the revision before each, as the plainest model', async () => {
      await fc.assert(
        fc.asyncProperty(revisions, async (records) => {
          await withHistory(async (history) => {
            await history.apply(records.filter((_, index) => index % 4 > 0));
            const stored = await all(history, {}, ALL_REVISIONS);
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
            expect(await history.apply([record])).toMatchObject({ occurrences: [expect.any(Number)] });
            const { occurrences: _, firstSeen: __, ...stored } = await onlyOf(history, version);
            assert.deepStrictEqual(stored, record);
          }),
          { numRuns: 400 },
        );
      });

      async function onlyOf(history: History, version: number): Promise<StoredEvent> {
        const found = (await all(history, {}, ALL_REVISIONS)).filter(
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
        const stored = await all(history, {}, ALL_REVISIONS);
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
          (await all(history, { object }, ALL_REVISIONS)).map((event) => event.body.metadata.resourceVersion);
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

async function answers(history: History) {
  return {
    revisions: await all(history, {}, ALL_REVISIONS),
    latest: await all(history, {}, { order: 'newest-first' }),
    early: await all(history, { until: START + HOUR_MS }, { order: 'oldest-first' }),
    story: await all(history, { object: { name: 'web-1' } }, { order: 'oldest-first' }),
    hourly: await hourly(history),
    stored: (await history.stats()).revisions,
  };
}

function cut<T>(items: readonly T[]): fc.Arbitrary<T[][]> {
  return fc.array(fc.nat(items.length), { maxLength: 4 }).map((places) => {
    const edges = [0, ...places.toSorted((a, b) => a - b), items.length];
    return edges.slice(1).map((to, index) => items.slice(edges[index], to));
  });
}
