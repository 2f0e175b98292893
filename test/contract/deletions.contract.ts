/** What every implementation of {@link History} and {@link Log} in one must do with deletes on purpose. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { EventsOptions, History } from '../../src/component/history.ts';
import type { Log } from '../../src/component/log.ts';
import type { EventRecord } from '../../src/core/record.ts';
import { batchesOf, instant, revision, revisionsAndDeletions, START } from './event-arbitrary.ts';
import { ALL_REVISIONS, all, byVersion, HOURLY, hourly, keysOf, model, modelCounts } from './history-model.ts';
import { useOpened } from './use-opened.ts';

type Store = History & Log;

const LATEST: EventsOptions = { order: 'oldest-first' };

/** `open` gives an empty store each time. */
export function describeDeletions(name: string, open: () => Promise<Store>): void {
  const withStore = useOpened(open);
  const marked = async (store: Store, how: EventsOptions): Promise<[string, number | undefined][]> => {
    const found = await all(store, {}, how);
    return found.map((event) => [keysOf([event]).join(), event.deletedAt]);
  };

  describe(`${name} as a history of deletes`, () => {
    test('marks events that were deleted, and changes nothing else, whatever the order and however often', async () => {
      await fc.assert(
        fc.asyncProperty(revisionsAndDeletions, fc.nat(), (history, seed) =>
          withStore(async (store) => {
            for (const batches of batchesOf(history, seed)) await store.append(batches);
            const { records, deletions } = history;
            for (const how of [ALL_REVISIONS, LATEST]) {
              const expected = model(records, {}, how).map((record) => [
                keysOf([record]).join(),
                endOf(record, deletions),
              ]);
              expect(await marked(store, how)).toEqual(expected);
            }
            expect(await hourly(store)).toEqual(modelCounts(records, {}, HOURLY));
            expect((await store.stats()).revisions).toBe(records.length);
            const log = await store.read(await store.beginning(), { limit: 100 });
            expect(keysOf(log.records).sort()).toEqual(keysOf(records).sort());
          }),
        ),
        { numRuns: 40 },
      );
    });

    test('keeps a mark as long as anything of the event, and no longer', async () => {
      await fc.assert(
        fc.asyncProperty(revisionsAndDeletions, instant, fc.nat(), (history, before, seed) =>
          withStore(async (store) => {
            for (const batches of batchesOf(history, seed)) await store.append(batches);
            const { records, deletions } = history;
            let expired = 3;
            while (expired === 3) expired = await store.expire({ before, limit: 3 });
            const kept = model(records, {}, ALL_REVISIONS).filter(({ time }) => time >= before);
            const expected = kept.map((record) => [keysOf([record]).join(), endOf(record, deletions)]);
            expect(await marked(store, ALL_REVISIONS)).toEqual(expected);
            const gone = records.filter((record) => !isAbout(record, kept));
            // Of an event that has expired here too it is not remembered again.
            const old = deletions.filter((deletion) => isAbout(deletion, gone) && deletion.time < before);
            await store.append([{ cluster: 'prod', epoch: 2, scope: '*', records: gone, deletions: old }]);
            const back = (await all(store, {}, ALL_REVISIONS)).filter((event) => isAbout(event, gone));
            expect(back.map(({ deletedAt }) => deletedAt)).toEqual(gone.map(() => undefined));
          }),
        ),
        { numRuns: 60 },
      );
    });

    test('forgets a delete with the last revision of its event, whatever else there is about the object', () =>
      withStore(async (store) => {
        const spec = { event: 1, object: 1, resourceVersion: 10, second: 0, count: 1 };
        const grown = { ...spec, resourceVersion: 11, second: 1_200, count: 2 };
        const records = [revision(spec), revision(grown), revision({ ...spec, event: 2, second: 2_400 })];
        const deletions = [revision({ ...grown, resourceVersion: 20 }, { receivedAt: START + 5 })];
        await store.append([{ cluster: 'prod', epoch: 1, scope: '*', records, deletions }]);
        const marks = async () => (await all(store, {}, ALL_REVISIONS)).map(({ deletedAt }) => deletedAt);
        expect(await store.expire({ before: START + 600_000, limit: 10 })).toBe(1);
        expect(await marks()).toEqual([START + 5, undefined]);
        expect(await store.expire({ before: START + 1_800_000, limit: 10 })).toBe(1);
        await store.apply(records);
        expect(await marks()).toEqual([undefined, undefined, undefined]);
      }));

    test('tells when a delete was received first, and not that it was of an event of another cluster or object', () =>
      withStore(async (store) => {
        const spec = { event: 1, object: 1, resourceVersion: 10, second: 0, count: 1 };
        const end = { ...spec, resourceVersion: 20 };
        const records = [revision(spec), revision({ ...spec, event: 2 }), revision(spec, { cluster: 'staging' })];
        const deletions = [START + 2, START + 1, START + 3].map((receivedAt) => revision(end, { receivedAt }));
        await store.append([{ cluster: 'prod', epoch: 1, scope: '*', records, deletions }]);
        const found = await all(store, {}, LATEST);
        const marks = found.map(({ cluster, body, deletedAt }) => [cluster, body.metadata.uid.slice(0, 8), deletedAt]);
        expect(new Set(marks)).toEqual(
          new Set([
            ['prod', '00000001', START + 1],
            ['prod', '00000002', undefined],
            ['staging', '00000001', undefined],
          ]),
        );
      }));
  });
}

function isAbout(record: EventRecord, others: readonly EventRecord[]): boolean {
  return others.some(({ body }) => body.metadata.uid === record.body.metadata.uid);
}

/** A later epoch may have brought the event back. */
function endOf(record: EventRecord, deletions: readonly EventRecord[]): number | undefined {
  return deletions
    .filter((deletion) => isAbout(deletion, [record]) && byVersion(deletion, record) > 0)
    .toSorted(byVersion)[0]?.receivedAt;
}
