/** A lane with more marks than can be told apart: how many there were, column by column. */
import { COLUMN, type Slice } from './column-counts.ts';
import type { Frame } from './frame.ts';
import { SEVERITY_COUNT } from './timeline-rows.ts';

const CHANGE = 2;
/** So many occurrences in a column fill a lane, in every lane and however close: heights can be compared. */
const FULL = 2 ** 6 - 1;
const LEAST_HEIGHT = 4;
const LEAST_PART = 2;
/** Changes that are closer share a diamond. */
const BETWEEN_CHANGES = 12;

const HEIGHTS = Float64Array.from(
  { length: FULL + 1 },
  (_, count) => (1 + Math.log2(1 + count)) / (1 + Math.log2(1 + FULL)),
);

/** From 0 to 1. */
export function columnHeight(count: number): number {
  return HEIGHTS[count] ?? 1;
}

/** The severest at the base; changes stand apart, and where they are is given back. */
export function addColumns(frame: Frame, slice: Slice, base: number): readonly number[] {
  const { columns, grid, cells, data, room } = frame;
  const counts = columns.count(data, slice, grid);
  const changes: number[] = [];
  for (let column = 0; column < grid.columns; column++) {
    const cell = column * SEVERITY_COUNT;
    const x = grid.left + column * COLUMN;
    const changed = counts[cell + CHANGE] ?? 0;
    if (changed > 0 && x - (changes.at(-1) ?? -BETWEEN_CHANGES) >= BETWEEN_CHANGES) changes.push(x);
    let sum = -changed;
    for (let severity = 0; severity < SEVERITY_COUNT; severity++) sum += counts[cell + severity] ?? 0;
    if (sum <= 0) continue;
    const height = Math.max(LEAST_HEIGHT, columnHeight(sum) * room);
    let bottom = base;
    for (let severity = 0; severity < SEVERITY_COUNT; severity++) {
      const count = counts[cell + severity] ?? 0;
      if (severity === CHANGE || count === 0) continue;
      const part = Math.max(LEAST_PART, Math.round((height * count) / sum));
      bottom -= part;
      cells.add(severity, x, bottom, COLUMN - 1, part);
    }
  }
  return changes;
}
