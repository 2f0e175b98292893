import { describe, expect, test } from 'vitest';
import { gapExtent, mergedGaps, missedMs } from './gaps.ts';
import { cutLabels, type HistogramCounts, histogramLayout, rangeOfSteps, stepAt } from './histogram-layout.ts';

const SIZE = { width: 1_048, height: 142 };

function counted(counts: HistogramCounts['counts']): HistogramCounts {
  const steps = counts[0]?.length ?? 0;
  return { range: { from: 0, to: steps * 1_000 }, start: 0, stepMs: 1_000, counts };
}

describe('histogramLayout', () => {
  test('stacks keys from the base, and lets the highest bar reach the top', () => {
    const { bars, base, top } = histogramLayout(
      counted([
        [1, 0, 4],
        [3, 2, 0],
      ]),
      SIZE,
    );
    expect([base, top]).toEqual([118, 18]);
    expect(bars.map(({ parts }) => parts)).toEqual([
      [
        { key: 0, y: 93, height: 25 },
        { key: 1, y: 18, height: 75 },
      ],
      [{ key: 1, y: 68, height: 50 }],
      [{ key: 0, y: 18, height: 100 }],
    ]);
  });

  test('cuts a bar that would hide all others', () => {
    const usual = Array.from({ length: 99 }, () => 10);
    const { bars, top } = histogramLayout(counted([[...usual, 4_400]]), SIZE);
    expect(bars.filter(({ isCut }) => isCut).map(({ step, total }) => [step, total])).toEqual([[99, 4_400]]);
    expect(bars.at(-1)?.parts[0]?.y).toBeCloseTo(top);
    expect(bars[0]?.parts[0]?.height).toBeGreaterThan(50);
  });

  test('has an axis where nothing happened, and shows what happened once', () => {
    expect(histogramLayout(counted([[0, 0]]), SIZE)).toMatchObject({ bars: [], lines: [{ value: 1, y: 18 }] });
    const { bars } = histogramLayout(counted([[1, 1_000, 1_000]]), SIZE);
    expect(bars[0]?.parts[0]?.height).toBe(1);
  });

  test('leaves out what is outside the range, and stays within it', () => {
    const data = { ...counted([[5, 5, 5]]), range: { from: 500, to: 2_000 } };
    const { bars, scale } = histogramLayout(data, SIZE);
    expect(bars.map(({ step }) => step)).toEqual([0, 1]);
    expect(bars[0]?.x).toBe(scale.left);
  });

  test('reads heights by round values', () => {
    const values = (most: number) => histogramLayout(counted([[most]]), SIZE).lines.map(({ value }) => value);
    expect([values(1), values(7), values(30), values(1_700)]).toEqual([[1], [2, 4], [10, 20], [1_000]]);
  });
});

describe('cutLabels', () => {
  const bar = (x: number, total: number) => ({ step: x, x, width: 4, total, isCut: true, parts: [] });
  const labelled = (bars: readonly ReturnType<typeof bar>[]) =>
    cutLabels(bars, { widthOf: () => 20, right: 200 }).map(({ bar: { total }, middle }) => [total, middle]);

  test('are those of the highest, and never on each other', () => {
    expect(labelled([bar(10, 317), bar(20, 414), bar(40, 5), bar(60, 300)])).toEqual([
      [414, 22],
      [300, 62],
    ]);
    expect(labelled([bar(10, 317), bar(40, 414)])).toEqual([
      [414, 42],
      [317, 12],
    ]);
  });

  test('stay within the chart', () => {
    expect(labelled([bar(194, 7)])).toEqual([[7, 190]]);
  });
});

describe('steps', () => {
  const data = { ...counted([[1, 1, 1, 1]]), range: { from: 500, to: 3_700 } };

  test('are found by an instant, at the ends the nearest', () => {
    expect([-5, 999, 1_000, 99_999].map((ms) => stepAt(data, ms))).toEqual([0, 0, 1, 3]);
  });

  test('stand for their part of the range, in either direction', () => {
    expect(rangeOfSteps(data, 2, 0)).toEqual({ from: 500, to: 3_000 });
    expect(rangeOfSteps(data, 3, 3)).toEqual({ from: 3_000, to: 3_700 });
  });
});

describe('mergedGaps', () => {
  const at = (ms: number) => new Date(ms).toISOString();
  const listed = [
    { from: at(5_000), to: at(6_000), cause: 'server-down' },
    { from: at(1_000), to: at(3_000), cause: 'stopped' },
    { from: at(2_000), to: at(4_000), cause: 'stopped' },
    { from: at(2_000), to: at(2_500) },
  ];

  test('counts once what several scopes missed, within the range', () => {
    const gaps = mergedGaps(listed, { from: 1_500, to: 5_500 });
    expect(gaps).toEqual([
      { from: 1_500, to: 4_000, causes: ['stopped'] },
      { from: 5_000, to: 5_500, causes: ['server-down'] },
    ]);
    expect(missedMs(gaps, { from: 3_000, to: 5_100 })).toBe(1_100);
  });

  test('stay to be seen, however short', () => {
    const scale = histogramLayout(counted([[1]]), SIZE).scale;
    expect(gapExtent({ from: 999.9, to: 1_000 }, scale)).toEqual({ x: scale.right - 3, width: 3 });
  });
});
