import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { timeScale } from '../time/time-scale.ts';
import { sliceOf } from './column-counts.ts';
import { nextWarning, rowsNear } from './hit-test.ts';
import { hasShapes, markGroups } from './mark-groups.ts';
import { dataOf, isNeverLower, markArbitrary } from './timeline-fixture.ts';
import { timelineRows } from './timeline-rows.ts';

describe('rowsNear', () => {
  test('finds what a look at every row finds: the severest first, then the nearest', () => {
    const instants = fc.integer({ min: -20, max: 1_020 });
    fc.assert(
      fc.property(fc.array(markArbitrary), instants, fc.integer({ min: 0, max: 300 }), (marks, at, reach) => {
        const data = timelineRows(dataOf(marks), isNeverLower);
        const distance = (row: number) => Math.abs((data.time[row] ?? 0) - at);
        const plain = Array.from(data.time.keys())
          .filter((row) => data.lane[row] === 2 && distance(row) <= reach)
          .toSorted((a, b) => (data.severity[a] ?? 0) - (data.severity[b] ?? 0) || distance(a) - distance(b) || a - b);
        expect(rowsNear(data, 2, at, reach)).toEqual(plain);
      }),
    );
  });
});

describe('nextWarning', () => {
  const severities = [3, 1, 2, 0, 3, 1];
  const data = timelineRows(
    dataOf(severities.map((severity, place) => ({ time: place * 10, lane: 2, severity, count: 1 }))),
    isNeverLower,
  );

  test('goes from one to the next, past what warns of nothing', () => {
    expect(nextWarning(data, 2, { row: undefined, at: 15 }, 1)).toBe(3);
    expect(nextWarning(data, 2, { row: 3, at: 30 }, 1)).toBe(5);
    expect(nextWarning(data, 2, { row: 3, at: 30 }, -1)).toBe(1);
    expect(nextWarning(data, 2, { row: 5, at: 50 }, 1)).toBeUndefined();
  });

  test('begins where a mark of another lane is pinned', () => {
    expect(nextWarning(data, 2, { row: 99, at: 25 }, -1)).toBe(1);
  });
});

describe('markGroups', () => {
  test('has every mark in one group, groups apart, each with its severest mark', () => {
    fc.assert(
      fc.property(fc.array(markArbitrary), (marks) => {
        const data = timelineRows(dataOf(marks), isNeverLower);
        const slice = sliceOf(data, 2, { from: 0, to: 1_001 });
        const groups = markGroups(data, slice, timeScale({ from: 0, to: 1_000 }, 0, 500));
        expect(groups.reduce((sum, { others }) => sum + others + 1, 0)).toBe(slice.end - slice.begin);
        groups.forEach(({ x, row, severity }, place) => {
          expect(data.severity[row]).toBe(severity);
          expect(x - (groups[place - 1]?.x ?? -9)).toBeGreaterThanOrEqual(9);
        });
      }),
    );
  });

  test('are drawn a little longer than they are begun, so that a lane does not flicker', () => {
    expect([hasShapes(30, 1_080, false), hasShapes(29, 1_080, false)]).toEqual([false, true]);
    expect([hasShapes(30, 1_080, true), hasShapes(45, 1_080, true)]).toEqual([true, false]);
  });
});
