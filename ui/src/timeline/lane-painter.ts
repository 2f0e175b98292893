/** The lanes that are in view, each as closely as there is room. */
import { SEVERITIES } from '../../../src/core/severity.ts';
import { COLUMN, type Slice, sliceOf } from './column-counts.ts';
import type { Frame } from './frame.ts';
import { addColumns } from './lane-columns.ts';
import { drawChanges, drawMarks } from './lane-marks.ts';
import { drawLifetimes } from './lifetimes.ts';
import { hasShapes, type MarkGroup, markGroups } from './mark-groups.ts';

const ABOVE_LINE = 4;
/** The height of a name over a lane. */
const PHONE_NAME = 18;
/** Changes that are more than this would hide the lanes they go through. */
const MOST_THROUGH = 12;

interface DrawnLane {
  readonly top: number;
  readonly base: number;
  readonly hasLifetimes: boolean;
  readonly shapes?: readonly MarkGroup[];
  readonly changes: readonly number[];
  /** The height of the lanes in it. */
  readonly within: number;
}

export class LanePainter {
  /** Which lanes had shapes in the frame before, by place in the answer. */
  readonly #hadShapes = new Set<number>();
  #drawn: DrawnLane[] = [];

  /** What lies under the gaps: lifetimes are only inferred there. Columns are gathered meanwhile. */
  drawGround(frame: Frame): void {
    const { context, ink, width, laneHeight, first, last, topOf } = frame;
    this.#drawn = [];
    for (let place = first; place < last; place++) {
      const top = Math.round(topOf(place));
      context.fillStyle = ink.colours.line;
      context.fillRect(0, top + laneHeight - 1, width, 1);
      this.#drawn.push(this.#lane(frame, place, top));
    }
  }

  /** What was seen, over everything else. */
  drawMarks(frame: Frame): void {
    const { colours } = frame.ink;
    frame.cells.paint(
      frame.context,
      SEVERITIES.map((severity) => ({ colour: colours[severity], opacity: 1 })),
    );
    for (const { top, base, hasLifetimes, shapes, changes, within } of this.#drawn) {
      drawChanges(frame, changes, {
        top: frame.isPhone ? top + PHONE_NAME : top,
        through: changes.length <= MOST_THROUGH ? within : 0,
      });
      if (!shapes) continue;
      // Above a lifetime there is room for words; on a phone the lane's name stands there.
      const baseline = hasLifetimes && !frame.isPhone ? { baseline: top + 12 } : {};
      drawMarks(frame, shapes, { y: hasLifetimes ? base - 1 : base - frame.room / 2 + 1, ...baseline });
    }
  }

  hasShapes(lane: number): boolean {
    return this.#hadShapes.has(lane);
  }

  #lane(frame: Frame, place: number, top: number): DrawnLane {
    const { data, counted, width, laneHeight, shown, scale } = frame;
    const base = top + laneHeight - ABOVE_LINE;
    const { lane = 0, more, isOpen } = shown[place] ?? {};
    if (more !== undefined) return { top, base, hasLifetimes: false, changes: [], within: 0 };
    const slice = sliceOf(data, lane, counted);
    const isShaped = hasShapes(slice.end - slice.begin, width, this.#hadShapes.has(lane));
    if (isShaped) this.#hadShapes.add(lane);
    else this.#hadShapes.delete(lane);
    const shapes = isShaped ? markGroups(data, slice, scale) : undefined;
    const changes = isShaped ? [] : addColumns(frame, slice, base);
    const incarnations = data.incarnationsOf(lane);
    const hasLifetimes = incarnations.length > 0;
    if (hasLifetimes) drawLifetimes(frame, incarnations, { top, base, ...namesAmong(frame, lane, slice, shapes) });
    const within = isOpen ? laneHeight * lanesWithin(frame, place) + laneHeight : 0;
    return { top, base, hasLifetimes, changes, within, ...(shapes && { shapes }) };
  }
}

/** Where names of nodes would be hidden; none in the lane of a workload, where several run at once, and on a phone. */
function namesAmong(
  frame: Frame,
  lane: number,
  slice: Slice,
  shapes: readonly MarkGroup[] | undefined,
): { readonly names?: readonly number[] } {
  if (frame.isPhone || frame.data.lanes[lane]?.kind !== 'Pod') return {};
  return { names: shapes?.map(({ x }) => x) ?? filledColumns(frame, slice) };
}

function filledColumns({ data: { time }, scale }: Frame, { rows, begin, end }: Slice): readonly number[] {
  const filled: number[] = [];
  for (let place = begin; place < end; place++) {
    const x = scale.x(time[rows[place] ?? 0] ?? 0);
    if (x - (filled.at(-1) ?? -COLUMN) >= COLUMN) filled.push(x);
  }
  return filled;
}

function lanesWithin({ shown }: Frame, place: number): number {
  let end = place + 1;
  while (shown[end]?.depth === 1) end++;
  return end - place - 1;
}
