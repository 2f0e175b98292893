import { describe, expect, test } from 'vitest';
import { statesOf, stepsOf } from './object-steps.ts';

const FROM = Date.parse('2026-03-12T00:00:00Z');
const at = (ms: number) => new Date(FROM + ms).toISOString();
/** Of 32 parts, those that are named have so many. */
const spark = (counts: Readonly<Record<number, number>>) => Array.from({ length: 32 }, (_, part) => counts[part] ?? 0);

describe('stepsOf', () => {
  const answer = {
    range: { from: at(0), to: at(31_999) },
    coverage: { share: 0.5, gaps: [{ from: at(-5_000), to: at(1_000), cluster: 'c', scope: '*', healed: false }] },
    lowerBound: true,
  };

  test('sums the reasons of a severity, the severest at the base', () => {
    const steps = stepsOf(answer, [
      { severity: 'normal', spark: spark({ 0: 1, 3: 2 }) },
      { severity: 'critical', spark: spark({ 3: 1 }) },
      { severity: 'normal', spark: spark({ 3: 4 }) },
    ]);
    expect(steps.severities).toEqual(['critical', 'normal']);
    expect(steps.counts.map((row) => row[3])).toEqual([1, 6]);
    expect([steps.start, steps.stepMs]).toEqual([FROM, 1_000]);
    expect(steps.gaps).toEqual([{ from: FROM, to: FROM + 1_000, causes: [] }]);
    const states = statesOf(steps);
    expect([states[0], states[1], states[3], states.length]).toEqual(['normal', undefined, 'critical', 32]);
  });

  test('tells in which steps there may have been more', () => {
    const cut = { ...answer, leftOut: { before: at(2_500), revisions: 20_000 } };
    const steps = (asked: typeof answer) =>
      stepsOf(asked, []).lower.flatMap((isLower, step) => (isLower ? [step] : []));
    expect([steps({ ...answer, lowerBound: false }), steps(answer), steps(cut)]).toEqual([[], [0, 1], [0, 1, 2]]);
  });

  test('has a step for each part also where nothing happened', () => {
    expect(statesOf(stepsOf(answer, []))).toEqual(Array.from({ length: 32 }));
  });
});
