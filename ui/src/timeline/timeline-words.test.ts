import { describe, expect, test } from 'vitest';
import { textsOf } from '../text/texts.ts';
import { clockOf } from '../time/clock.ts';
import { dataOf, isNeverLower } from './timeline-fixture.ts';
import { isLowerBound, timelineRows } from './timeline-rows.ts';
import { pictureWords, rowsWords } from './timeline-words.ts';

const TEXTS = textsOf('en');
const CLOCK = clockOf('UTC', 'en-GB');
/** Of all times before 25. */
const isEarly = ({ from }: { readonly from: number }) => from < 25;

const marks = [10, 20, 30, 40].map((time) => ({ time, lane: 2, severity: 1, count: 1_000 }));
const revisions = timelineRows(dataOf(marks), isEarly);
const { marks: _, ...counted } = dataOf([]);
const cells = { lane: [2, 2], bucket: [1, 3], severity: [1, 1], count: [7, 8] };
const counts = timelineRows({ ...counted, density: { t0: 0, stepMs: 10, buckets: 5, cells } }, isEarly);

describe('isLowerBound', () => {
  test('holds of what was counted where there may have been more, and never of a revision by itself', () => {
    expect([0, 1].map((row) => isLowerBound(counts, [row]))).toEqual([true, false]);
    expect([0, 1, 2, 3].map((row) => isLowerBound(revisions, [row]))).toEqual([false, false, false, false]);
    expect([isLowerBound(revisions, [1, 2]), isLowerBound(revisions, [2, 3])]).toEqual([true, false]);
  });
});

describe('rowsWords', () => {
  test('says how often, or how often at least', () => {
    const values = (data: typeof counts, rows: readonly number[]) =>
      rowsWords(data, rows, TEXTS, CLOCK).lines.map(({ value }) => value);
    expect([values(counts, [0]), values(counts, [1])]).toEqual([['≥7'], ['×8']]);
    expect([values(revisions, [0]), values(revisions, [0, 1]), values(revisions, [2, 3])]).toEqual([
      ['×1,000'],
      ['≥2,000'],
      ['×2,000'],
    ]);
  });
});

describe('pictureWords', () => {
  test('says of the whole picture that it may be less than there was', () => {
    const picture = { lanes: 3, gaps: 0, range: { from: 0, to: 60_000 } };
    const whole = timelineRows(dataOf(marks.slice(0, 1)), isNeverLower);
    expect(pictureWords({ ...picture, data: revisions }, TEXTS, CLOCK)).toMatch(/^≥4,000 occurrences in 3 lanes/);
    expect(pictureWords({ ...picture, data: whole }, TEXTS, CLOCK)).toMatch(/^1,000 occurrences in 3 lanes/);
  });
});
