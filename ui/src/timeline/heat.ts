/** All lanes at once: what happened to everything is a vertical line, what happened to one is a horizontal one. */
import { SEVERITIES } from '../../../src/core/severity.ts';
import type { Ink } from '../theme/ink.ts';
import type { CellInk } from './cell-buffer.ts';
import { COLUMN, sliceOf } from './column-counts.ts';
import type { Frame } from './frame.ts';
import { SEVERITY_COUNT } from './timeline-rows.ts';

/** How many strengths there are of a colour: one for each doubling of a count. */
const STRENGTHS = 8;
/** What is severe is strong also where it happened once. */
const LEAST_OPACITY: readonly number[] = [0.75, 0.48, 0.44, 0.32];

/** By severity, then by strength. */
export function heatInks({ colours }: Ink): readonly CellInk[] {
  return SEVERITIES.flatMap((severity, place) => {
    const least = LEAST_OPACITY[place] ?? 0;
    return Array.from({ length: STRENGTHS }, (_, strength) => ({
      colour: colours[severity],
      opacity: least + ((1 - least) * strength) / (STRENGTHS - 1),
    }));
  });
}

/** One cell a column, in the colour of the severest in it. */
export function addHeat(frame: Frame): void {
  const { columns, grid, cells, data, laneHeight, shown, first, last, topOf } = frame;
  const height = laneHeight > 4 ? laneHeight - 1 : laneHeight;
  for (let place = first; place < last; place++) {
    const slice = sliceOf(data, shown[place]?.lane ?? 0, frame.counted);
    if (slice.begin === slice.end) continue;
    const counts = columns.count(data, slice, grid);
    for (let column = 0; column < grid.columns; column++) {
      const cell = column * SEVERITY_COUNT;
      let severity = 0;
      while (severity < SEVERITY_COUNT && (counts[cell + severity] ?? 0) === 0) severity++;
      if (severity === SEVERITY_COUNT) continue;
      const strength = Math.min(STRENGTHS - 1, Math.log2(counts[cell + severity] ?? 1) | 0);
      cells.add(severity * STRENGTHS + strength, grid.left + column * COLUMN, topOf(place), COLUMN, height);
    }
  }
}
