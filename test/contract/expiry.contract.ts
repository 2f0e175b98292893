/** What every implementation of {@link History} must do when what is old expires. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { EventsOptions, History } from '../../src/component/history.ts';
import { instant, type RevisionSpec, revision, revisions, START } from './event-arbitrary.ts';
import { ALL_REVISIONS, all, countsOf, HOURLY, hourly, keysOf, model } from './history-model.ts';
import { useOpened } from './use-opened.ts';

/** `open` gives an empty history each time. */
export function describeExpiry(name: string, open: () => Promise<History>): void {
  const withHistory = useOpened(open);

  describe(`${name} as a history that expires`, () => {
    test('expires what is older, a few at a time, and keeps the rest as it was', async () => {
      await fc.assert(
        fc.asyncProperty(revisions, instant, fc.integer({ min: 1, max: 9 }), async (records, before, limit) => {
          await withHistory(async (history) => {
            await history.apply(records);
            const kept = model(records, {}, ALL_REVISIONS).filter(({ time }) => time >= before);
            const expected = countsOf(records, kept, HOURLY);
            let expired = 0;
            for (;;) {
              const deleted = await history.expire({ before, limit });
              expired += deleted;
              if (deleted < limit) break;
              expect(deleted).toBe(limit);
            }
            expect(expired).toBe(records.length - kept.length);
            expect(keysOf(await all(history, {}, ALL_REVISIONS))).toEqual(keysOf(kept));
            const latest: EventsOptions = { order: 'newest-first' };
            expect(keysOf(await all(history, {}, latest))).toEqual(keysOf(model(kept, {}, latest)));
            expect(await hourly(history)).toEqual(expected);
            expect((await history.stats()).revisions).toBe(kept.length);
            // What expired is stored again, what stayed is not stored twice.
            const { occurrences } = await history.apply(records);
            expect(occurrences.map((added) => added === -1)).toEqual(records.map(({ time }) => time >= before));
            expect(keysOf(await all(history, {}, ALL_REVISIONS))).toEqual(keysOf(model(records, {}, ALL_REVISIONS)));
            expect(keysOf(await all(history, {}, latest))).toEqual(keysOf(model(records, {}, latest)));
          });
        }),
        { numRuns: 60 },
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
        expect(await seen(history, ALL_REVISIONS)).toEqual([
          [1, '10'],
          [2, '10'],
          [1, '20'],
        ]);
        expect(await history.expire({ before: START + 300_000, limit: 10 })).toBe(2);
        expect(await seen(history, latest)).toEqual([[1, '20']]);
        expect((await hourly(history)).map(({ occurrences }) => occurrences)).toEqual([6]);
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
        const stored = await all(history, {}, ALL_REVISIONS);
        expect(stored.map(({ news, body }) => [body.metadata.resourceVersion, news])).toEqual([
          ['10', false],
          ['12', true],
        ]);
        // The revision that stayed still shows the three occurrences since the one that is gone.
        expect((await hourly(history)).map(({ occurrences }) => occurrences)).toEqual([4]);
        expect(await history.expire({ before: START + 120_000, limit: 10 })).toBe(1);
      });
    });
  });
}
