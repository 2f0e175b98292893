/** What every coverage ledger must do: a log whose batches say what was observed, and a history that answers for it. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { History } from '../../src/component/history.ts';
import type { Log } from '../../src/component/log.ts';
import { type Break, type Interval, unite } from '../../src/core/coverage.ts';
import { revision, START } from './event-arbitrary.ts';
import { ALL_REVISIONS, all } from './history-model.ts';

const RUNS = { numRuns: 60 };

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
      expect(await store.append([batch, batch])).toMatchObject({ occurrences: [1, -1] });
      expect(await all(store, {}, ALL_REVISIONS)).toEqual([{ ...record, occurrences: 1, firstSeen: START }]);
      expect((await store.register({ name: 'prod' })).positions).toEqual(
        new Map([['*', { epoch: 1, resourceVersion: '5', observedUntil: START + 5 }]]),
      );
      await store.close();
    });
  });
}
