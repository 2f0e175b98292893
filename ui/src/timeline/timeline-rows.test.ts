import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { dataOf, isNeverLower, markArbitrary, type TestMark } from './timeline-fixture.ts';
import type { TimelineData } from './timeline-question.ts';
import { firstRowFrom, type Lane, lanesInOrderOf, onLanesOf, timelineRows } from './timeline-rows.ts';

describe('timelineRows', () => {
  test('has the rows of each lane in order of time, and of an open one those within it too', () => {
    fc.assert(
      fc.property(fc.array(markArbitrary), (marks) => {
        const rows = timelineRows(dataOf(marks), isNeverLower);
        const sorted = marks.toSorted((a, b) => a.time - b.time);
        expect(Array.from(rows.time)).toEqual(sorted.map(({ time }) => time));
        rows.lanes.forEach((_, lane) => {
          const within = sorted.flatMap((mark, row) =>
            mark.lane === lane || (lane === 0 && mark.lane === 1) ? [row] : [],
          );
          expect(Array.from(rows.rowsOf(lane))).toEqual(within);
        });
      }),
    );
  });

  test('finds the first row from an instant as a plain search does', () => {
    fc.assert(
      fc.property(fc.array(markArbitrary), fc.integer({ min: -10, max: 1_010 }), (marks, ms) => {
        const rows = timelineRows(dataOf(marks), isNeverLower);
        const ofLane = rows.rowsOf(0);
        const plain = Array.from(ofLane).filter((row) => (rows.time[row] ?? 0) < ms).length;
        expect(firstRowFrom(rows, ofLane, ms)).toBe(plain);
      }),
    );
  });

  test('takes counts as it takes marks, in order, and pins none of them', () => {
    const { marks: _, ...data } = dataOf([]);
    const cells = { lane: [2, 0], bucket: [7, 3], severity: [3, 0], count: [5, 6] };
    const rows = timelineRows({ ...data, density: { t0: 1_000, stepMs: 10, buckets: 9, cells } }, isNeverLower);
    expect(Array.from(rows.time)).toEqual([1_035, 1_075]);
    expect([Array.from(rows.count), Array.from(rows.lane), Array.from(rows.severity)]).toEqual([
      [6, 5],
      [0, 2],
      [0, 3],
    ]);
    expect([rows.spanMs, rows.id(0), rows.reason(0), rows.rowOf('a/1')]).toEqual([10, undefined, '', undefined]);
  });

  test('shows what a reason hides, and finds a row by what it is pinned by', () => {
    const data = dataOf([{ time: 1, lane: 0, severity: 0, count: 1 }]);
    const rows = timelineRows({ ...data, dict: { ...data.dict, reasons: ['Back\u202eOff'] } }, isNeverLower);
    expect(rows.reason(0)).toBe('BackU+202EOff');
    expect(rows.rowOf(rows.id(0) ?? '')).toBe(0);
  });
});

describe('lanesInOrderOf', () => {
  test('leaves lanes where they were, with what is new behind them, each behind what it is in', () => {
    const lane = (id: string, parent?: string) => ({ ...dataOf([]).lanes[0], id, ...(parent && { parent }) }) as Lane;
    const before = [lane('a'), lane('a1', 'a'), lane('a2', 'a'), lane('b'), lane('gone')];
    const after = [
      lane('new'),
      lane('b'),
      lane('b1', 'b'),
      lane('a'),
      lane('a3', 'a'),
      lane('a2', 'a'),
      lane('a1', 'a'),
    ];
    const ids = lanesInOrderOf(after, before).map(({ id }) => id);
    expect(ids).toEqual(['a', 'a1', 'a2', 'a3', 'b', 'b1', 'new']);
  });
});

describe('onLanesOf', () => {
  test('keeps the order of lanes, and leaves out what is in none of them', () => {
    const mark = (time: number, lane: number): TestMark => ({ time, lane, severity: 1, count: 1 });
    const base = dataOf([]);
    const [open, , other] = base.lanes;
    const foreign = { ...other, id: 'x/y/z' } as TimelineData['lanes'][number];
    const closer = {
      ...dataOf([mark(10, 0), mark(20, 1), mark(30, 2)]),
      lanes: [other, foreign, open] as TimelineData['lanes'],
    };
    const rows = timelineRows(onLanesOf(closer, base.lanes), isNeverLower);
    expect([Array.from(rows.time), Array.from(rows.lane)]).toEqual([
      [10, 30],
      [2, 0],
    ]);
  });
});
