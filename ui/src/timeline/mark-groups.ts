/** Marks that are few enough to have a shape each; close neighbours share one. */
import type { TimeScale } from '../time/time-scale.ts';
import type { Slice } from './column-counts.ts';
import type { TimelineRows } from './timeline-rows.ts';

export interface MarkGroup {
  readonly x: number;
  /** The severest of them. */
  readonly row: number;
  readonly severity: number;
  readonly count: number;
  readonly others: number;
}

/** Shapes that are closer would hide each other. */
const SHARED_PX = 9;
/** A mark has so many pixels when shapes begin, and when they end: between both a lane stays as it is. */
const SHAPES_FROM_PX = 36;
const SHAPES_UNTIL_PX = 24;

export function hasShapes(marks: number, width: number, hadShapes: boolean): boolean {
  return marks * (hadShapes ? SHAPES_UNTIL_PX : SHAPES_FROM_PX) < width;
}

export function markGroups(
  { time, severity, count }: TimelineRows,
  { rows, begin, end }: Slice,
  scale: TimeScale,
): readonly MarkGroup[] {
  const groups: { x: number; row: number; severity: number; count: number; others: number }[] = [];
  for (let place = begin; place < end; place++) {
    const row = rows[place] ?? 0;
    const x = scale.x(time[row] ?? 0);
    const own = { x, row, severity: severity[row] ?? 0, count: count[row] ?? 0, others: 0 };
    const last = groups.at(-1);
    if (!last || x - last.x >= SHARED_PX) {
      groups.push(own);
      continue;
    }
    last.others++;
    last.count += own.count;
    if (own.severity < last.severity) {
      last.severity = own.severity;
      last.row = row;
    }
  }
  return groups;
}
