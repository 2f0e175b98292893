import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { COLUMN, ColumnCounts, columnGrid, sliceOf } from './column-counts.ts';
import { columnHeight } from './lane-columns.ts';
import { stripCounts } from './strip-counts.ts';
import { tableRows } from './table-rows.ts';
import { dataOf, isNeverLower, markArbitrary } from './timeline-fixture.ts';
import { timelineRows } from './timeline-rows.ts';

const windowArbitrary = fc
  .record({ from: fc.integer({ min: 0, max: 900 }), span: fc.integer({ min: 1, max: 1_000 }) })
  .map(({ from, span }) => ({ from, to: from + span }));

describe('ColumnCounts', () => {
  test('counts every mark in view once, in its column', () => {
    fc.assert(
      fc.property(
        fc.array(markArbitrary),
        windowArbitrary,
        fc.integer({ min: 30, max: 900 }),
        (marks, window, width) => {
          const data = timelineRows(dataOf(marks), isNeverLower);
          const grid = columnGrid(window, width);
          const counts = new ColumnCounts().count(data, sliceOf(data, 2, { from: grid.origin, to: window.to }), grid);
          const plain = new Map<number, number>();
          for (const { time, lane, severity, count } of marks) {
            if (lane !== 2 || time < grid.origin || time >= window.to) continue;
            const cell = Math.floor((time - grid.origin) / grid.columnMs) * 4 + severity;
            plain.set(cell, (plain.get(cell) ?? 0) + count);
          }
          expect(new Map([...counts.entries()].filter(([, count]) => count > 0))).toEqual(
            new Map([...plain].toSorted(([a], [b]) => a - b)),
          );
        },
      ),
    );
  });

  test('has columns that move with the window, and keep what is in them', () => {
    const before = columnGrid({ from: 1_000_000, to: 1_300_000 }, 300);
    const after = columnGrid({ from: 1_007_000, to: 1_307_000 }, 300);
    expect(before).toEqual({ origin: 999_000, columnMs: 3_000, columns: 101, left: -1 });
    expect((after.origin - before.origin) % before.columnMs).toBe(0);
    expect(((after.origin - 1_007_000) / 300_000) * 300).toBeGreaterThan(-COLUMN);
  });
});

describe('columnHeight', () => {
  test('grows with the count, by a scale that is the same everywhere', () => {
    expect([1, 3, 15, 63, 10_000].map((count) => Math.round(columnHeight(count) * 7))).toEqual([2, 3, 5, 7, 7]);
  });
});

describe('stripCounts', () => {
  test('counts all lanes over the range, and nothing twice', () => {
    fc.assert(
      fc.property(fc.array(markArbitrary), (marks) => {
        const { counts } = stripCounts(timelineRows(dataOf(marks), isNeverLower), { from: 0, to: 1_000 }, 7);
        const bySeverity = counts.map((row) => row.reduce((sum, count) => sum + count, 0));
        const plain = [0, 1, 2, 3].map((severity) =>
          marks.filter((mark) => mark.severity === severity).reduce((sum, { count }) => sum + count, 0),
        );
        expect(bySeverity).toEqual(plain);
      }),
    );
  });
});

describe('tableRows', () => {
  test('has each mark in view once, lane by lane', () => {
    fc.assert(
      fc.property(fc.array(markArbitrary), windowArbitrary, (marks, window) => {
        const data = timelineRows(dataOf(marks), isNeverLower);
        const rows = tableRows(data, window);
        const inView = marks.filter(({ time }) => time >= window.from && time <= window.to);
        expect(rows).toHaveLength(inView.length);
        expect(new Set(rows).size).toBe(rows.length);
        const lanes = Uint32Array.from(rows, (row) => data.lane[row] ?? 0);
        expect(lanes).toEqual(lanes.toSorted());
      }),
    );
  });
});
