import fc from 'fast-check';
import { expect, test } from 'vitest';
import { SEVERITIES } from '../../core/severity.ts';
import { TimelineDensity } from './timeline-density.ts';

const RANGE = { from: 1_000, to: 1_999 };
const marks = fc.array(
  fc.record({
    lane: fc.integer({ min: 0, max: 3 }),
    time: fc.integer({ min: RANGE.from, max: RANGE.to }),
    severity: fc.integer({ min: 0, max: SEVERITIES.length - 1 }),
    count: fc.integer({ min: 1, max: 5 }),
  }),
  { maxLength: 60 },
);

test('TimelineDensity keeps every count where it was, in as few cells as it may have', () => {
  fc.assert(
    fc.property(marks, fc.integer({ min: 1, max: 40 }), (drawn, most) => {
      const density = new TimelineDensity<number>(RANGE, most);
      for (const mark of drawn) density.add(mark);
      const { t0, stepMs, buckets, cells } = density.toJson((lane) => lane);
      const expected = new Map<string, number>();
      for (const { lane, time, severity, count } of drawn) {
        const key = `${lane} ${Math.floor((time - t0) / stepMs)} ${severity}`;
        expected.set(key, (expected.get(key) ?? 0) + count);
      }
      const found = cells.lane.map((lane, i) => [`${lane} ${cells.bucket[i]} ${cells.severity[i]}`, cells.count[i]]);
      expect(new Map(found as [string, number][])).toEqual(expected);
      expect(cells.bucket.every((bucket) => bucket < buckets)).toBe(true);
      // Unless there is nothing left to put together.
      expect(found.length <= most || stepMs >= 1_000).toBe(true);
    }),
  );
});

test('TimelineDensity tells time as finely as it can', () => {
  const density = new TimelineDensity<number>(RANGE);
  for (const time of [1_000, 1_001, 1_999]) density.add({ lane: 0, time, severity: 0, count: 1 });
  expect(density.toJson((lane) => lane)).toMatchObject({ t0: 1_000, stepMs: 1, cells: { bucket: [0, 1, 999] } });
});
