/** A lane in columns of few pixels: what is drawn where there are too many marks to tell them apart. */
import type { TimeRange } from '../time/time-range.ts';
import { firstRowFrom, SEVERITY_COUNT, type TimelineRows } from './timeline-rows.ts';

/** Two pixels and a gap of one. */
export const COLUMN = 3;

/** Where columns are: on round multiples of what one stands for, so that they move with the window and keep what is in them. */
export interface ColumnGrid {
  readonly origin: number;
  readonly columnMs: number;
  readonly columns: number;
  /** Of the first one, in pixels: at most one column before the window. */
  readonly left: number;
}

export function columnGrid({ from, to }: TimeRange, width: number): ColumnGrid {
  const columnMs = (COLUMN * (to - from)) / width;
  const origin = Math.floor(from / columnMs) * columnMs;
  return {
    origin,
    columnMs,
    columns: Math.ceil(width / COLUMN) + 1,
    left: Math.round(((origin - from) / columnMs) * COLUMN),
  };
}

/** The rows of a lane that are in view, as places in them. */
export interface Slice {
  readonly rows: Uint32Array;
  readonly begin: number;
  readonly end: number;
}

export function sliceOf(data: TimelineRows, lane: number, { from, to }: TimeRange): Slice {
  const rows = data.rowsOf(lane);
  return { rows, begin: firstRowFrom(data, rows, from), end: firstRowFrom(data, rows, to) };
}

/** By column and severity, in memory that is used again. */
export class ColumnCounts {
  #counts = new Float32Array(0);

  /** Instead of what was counted before; valid until the next count. */
  count({ time, severity, count }: TimelineRows, { rows, begin, end }: Slice, grid: ColumnGrid): Float32Array {
    const size = grid.columns * SEVERITY_COUNT;
    if (this.#counts.length !== size) this.#counts = new Float32Array(size);
    const counts = this.#counts.fill(0);
    const { origin, columnMs } = grid;
    for (let place = begin; place < end; place++) {
      const row = rows[place] ?? 0;
      const column = (((time[row] ?? 0) - origin) / columnMs) | 0;
      const cell = column * SEVERITY_COUNT + (severity[row] ?? 0);
      counts[cell] = (counts[cell] ?? 0) + (count[row] ?? 0);
    }
    return counts;
  }
}
