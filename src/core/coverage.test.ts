import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { gaps, type Interval, unite } from './coverage.ts';

const interval = fc
  .tuple(fc.integer({ min: 0, max: 20 }), fc.integer({ min: 0, max: 5 }))
  .map(([from, length]): Interval => ({ from, to: from + length }));
const intervals = fc.array(interval, { maxLength: 6 });
// Halves lie between the ends, so that what touches can be told from what overlaps.
const INSTANTS = Array.from({ length: 2 * 26 + 1 }, (_, index) => index / 2);
const covered = (instant: number, among: readonly Interval[]): boolean =>
  among.some(({ from, to }) => from <= instant && instant <= to);

describe('unite', () => {
  test('covers what the intervals cover, by disjoint ones in their order', () => {
    fc.assert(
      fc.property(intervals, (some) => {
        const united = unite(some);
        for (const instant of INSTANTS) expect(covered(instant, united)).toBe(covered(instant, some));
        for (const [index, { from }] of united.slice(1).entries()) expect(from).toBeGreaterThan(united[index]?.to ?? 0);
      }),
    );
  });

  test('joins intervals that touch', () => {
    expect(
      unite([
        { from: 2, to: 3 },
        { from: 1, to: 2 },
      ]),
    ).toEqual([{ from: 1, to: 3 }]);
  });
});

describe('gaps', () => {
  test('are what of the range the intervals leave, without its own and their ends', () => {
    fc.assert(
      fc.property(interval, intervals, (range, some) => {
        const found = gaps(range, unite(some));
        const isEnd = (instant: number) => some.some(({ from, to }) => from === instant || to === instant);
        const inside = INSTANTS.filter((one) => range.from < one && one < range.to && !isEnd(one));
        for (const instant of inside) expect(covered(instant, found)).toBe(!covered(instant, some));
        for (const gap of found) {
          expect(gap.from).toBeLessThan(gap.to);
          expect(gap.from >= range.from && gap.to <= range.to).toBe(true);
        }
      }),
    );
  });
});
