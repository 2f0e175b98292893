/** Where the bars of a histogram go: from counts to pixels, without drawing any. */

import type { TimeRange } from '../time/time-range.ts';
import { type TimeScale, timeScale } from '../time/time-scale.ts';
import type { Size } from './canvas-box.ts';

export interface HistogramCounts {
  readonly range: TimeRange;
  readonly start: number;
  readonly stepMs: number;
  /** By key, the one at the base first, then by step. */
  readonly counts: readonly (readonly number[])[];
}

export interface Bar {
  readonly step: number;
  readonly x: number;
  readonly width: number;
  readonly total: number;
  /** Higher than there is room: it ends in a notch. */
  readonly isCut: boolean;
  readonly parts: readonly BarPart[];
}

export interface BarPart {
  /** The place of its key. */
  readonly key: number;
  readonly y: number;
  readonly height: number;
}

export interface HistogramLayout {
  readonly scale: TimeScale;
  readonly top: number;
  readonly base: number;
  readonly bars: readonly Bar[];
  /** What heights are read by. */
  readonly lines: readonly { readonly y: number; readonly value: number }[];
}

export interface Insets {
  readonly left: number;
  readonly right: number;
  readonly top: number;
  readonly foot: number;
}

/** With room for what heights are read by, for the number of a bar that is cut, and for an axis of time. */
const INSETS: Insets = { left: 40, right: 8, top: 18, foot: 24 };
/** A bar so many times as high as nearly all others would make those too low to be read. */
const CUT_OVER = 3;
const NEARLY_ALL = 0.97;

export function histogramLayout(
  data: HistogramCounts,
  { width, height }: Size,
  { left, right, top, foot } = INSETS,
): HistogramLayout {
  const { range, start, stepMs, counts } = data;
  const base = height - foot;
  const scale = timeScale(range, left, Math.max(left + 1, width - right));
  const totals = totalsOf(counts);
  const highest = highestShown(totals);
  const heightOf = (count: number) => (count / highest) * (base - top);
  const bars = totals.flatMap((total, step): Bar[] => {
    const x = Math.max(scale.left, scale.x(start + step * stepMs));
    const end = Math.min(scale.right, scale.x(start + (step + 1) * stepMs));
    if (total === 0 || end <= x) return [];
    // A hairline between bars that are wide enough to lose it.
    const barWidth = end - x - (end - x > 4 ? 1 : 0);
    const isCut = total > highest;
    const parts = stacked(counts, step, {
      base,
      heightOf: (count) => heightOf(isCut ? (count * highest) / total : count),
    });
    return [{ step, x, width: barWidth, total, isCut, parts }];
  });
  const lines = roundValues(highest).map((value) => ({ value, y: base - heightOf(value) }));
  return { scale, top, base, bars, lines };
}

function totalsOf(counts: HistogramCounts['counts']): readonly number[] {
  const steps = counts[0]?.length ?? 0;
  return Array.from({ length: steps }, (_, step) => counts.reduce((sum, row) => sum + (row[step] ?? 0), 0));
}

/** What the height stands for; 1 where nothing happened, so that there is an axis. */
function highestShown(totals: readonly number[]): number {
  const sorted = totals.toSorted((one, other) => one - other);
  const most = sorted.at(-1) ?? 0;
  const usual = sorted[Math.floor(sorted.length * NEARLY_ALL)] ?? 0;
  return Math.max(1, usual > 0 && most > CUT_OVER * usual ? 1.7 * usual : most);
}

function stacked(
  counts: HistogramCounts['counts'],
  step: number,
  { base, heightOf }: { readonly base: number; readonly heightOf: (count: number) => number },
): readonly BarPart[] {
  let y = base;
  return counts.flatMap((row, key) => {
    const count = row[step] ?? 0;
    if (count === 0) return [];
    // What happened once must be seen beside what happened a thousand times.
    const height = Math.max(1, heightOf(count));
    y -= height;
    return [{ key, y, height }];
  });
}

/** One or two round values: enough to read a height by. */
function roundValues(highest: number): readonly number[] {
  const magnitude = 10 ** Math.floor(Math.log10(highest));
  const unit = [5, 2, 1, 0.5]
    .map((factor) => factor * magnitude)
    .find((value) => value <= highest * 0.62 && value >= 1);
  const least = unit ?? Math.max(1, magnitude);
  return [least, 2 * least].filter((value) => value <= highest);
}

const LABEL_DISTANCE = 4;

/** Numbers over bars, of which two on each other would tell nothing: those of the highest, as far as they fit. */
export function cutLabels(
  bars: readonly Bar[],
  { widthOf, right }: { readonly widthOf: (bar: Bar) => number; readonly right: number },
): readonly { readonly bar: Bar; readonly middle: number }[] {
  const placed: { readonly bar: Bar; readonly middle: number; readonly half: number }[] = [];
  for (const bar of bars.toSorted((one, other) => other.total - one.total)) {
    const half = widthOf(bar) / 2;
    const middle = Math.min(bar.x + bar.width / 2, right - half);
    const fits = placed.every((other) => Math.abs(other.middle - middle) >= other.half + half + LABEL_DISTANCE);
    if (fits) placed.push({ bar, middle, half });
  }
  return placed;
}

/** Which step holds an instant; at the ends, the nearest one. */
export function stepAt({ start, stepMs, counts }: HistogramCounts, ms: number): number {
  const last = (counts[0]?.length ?? 1) - 1;
  return Math.min(Math.max(Math.floor((ms - start) / stepMs), 0), last);
}

/** The part of steps that is in the range. */
export function rangeOfSteps({ range, start, stepMs }: HistogramCounts, from: number, to: number): TimeRange {
  const [first, last] = from <= to ? [from, to] : [to, from];
  return { from: Math.max(range.from, start + first * stepMs), to: Math.min(range.to, start + (last + 1) * stepMs) };
}
