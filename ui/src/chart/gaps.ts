/** When nobody looked, as charts show it. */
import type { TimeRange } from '../time/time-range.ts';
import type { TimeScale } from '../time/time-scale.ts';

/** As an answer of the API lists it. */
export interface ListedGap {
  readonly from: string;
  readonly to: string;
  readonly cause?: string | undefined;
}

export interface Gap extends TimeRange {
  /** Each once; a gap that is still open has none. */
  readonly causes: readonly string[];
}

/** What several clusters and namespaces have in common is drawn and counted once. */
export function mergedGaps(listed: readonly ListedGap[], range: TimeRange): readonly Gap[] {
  const sorted = listed
    .map(({ from, to, cause }) => ({
      from: Math.max(range.from, Date.parse(from)),
      to: Math.min(range.to, Date.parse(to)),
      causes: cause === undefined ? [] : [cause],
    }))
    .filter(({ from, to }) => to > from)
    .sort((one, other) => one.from - other.from);
  const merged: Gap[] = [];
  for (const gap of sorted) {
    const last = merged.at(-1);
    if (!last || gap.from > last.to) merged.push(gap);
    else {
      const causes = [...new Set([...last.causes, ...gap.causes])];
      merged[merged.length - 1] = { from: last.from, to: Math.max(last.to, gap.to), causes };
    }
  }
  return merged;
}

/** How much of a stretch nobody looked at. */
export function missedMs(gaps: readonly Gap[], { from, to }: TimeRange): number {
  return gaps.reduce((sum, gap) => sum + Math.max(0, Math.min(to, gap.to) - Math.max(from, gap.from)), 0);
}

/** A gap stays to be seen, however short it is. */
const LEAST_WIDTH = 3;

/** Where a gap is on a scale. */
export function gapExtent(gap: TimeRange, scale: TimeScale): { readonly x: number; readonly width: number } {
  const from = Math.max(scale.left, scale.x(gap.from));
  const to = Math.min(scale.right, scale.x(gap.to));
  const width = Math.max(LEAST_WIDTH, to - from);
  return { x: Math.min(from, scale.right - width), width };
}
