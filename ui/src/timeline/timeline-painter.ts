/** One frame of the timeline: from what is known and what of it is in view to pixels. */
import type { Size } from '../chart/canvas-box.ts';
import { ink } from '../theme/ink.ts';
import { ticksOf } from '../time/ticks.ts';
import type { TimeRange } from '../time/time-range.ts';
import { timeScale } from '../time/time-scale.ts';
import { CellBuffer } from './cell-buffer.ts';
import { ColumnCounts, columnGrid } from './column-counts.ts';
import { type Frame, RULER_HEIGHT, type Surroundings } from './frame.ts';
import { drawGaps, drawRuler, drawTimeLines } from './grounds.ts';
import { addHeat, heatInks } from './heat.ts';
import { LanePainter } from './lane-painter.ts';
import { MarkShapes } from './mark-shapes.ts';
import type { ShownLane } from './shown-lanes.ts';
import type { TimelineRows } from './timeline-rows.ts';

const LANE_HEIGHT = 24;
const PHONE_LANE_HEIGHT = 44;
const LEAST_LANE_HEIGHT = 2;
/** Between labels of the ruler. */
const TICK_GAP = 96;
const PHONE_TICK_GAP = 72;

export interface Scene extends Surroundings {
  readonly shown: readonly ShownLane[];
  readonly isFit: boolean;
  readonly isPhone: boolean;
}

/** Of all lanes there are, and how much height there is for them. */
export function laneHeightOf({ isFit, isPhone, shown }: Scene, height: number): number {
  if (!isFit) return isPhone ? PHONE_LANE_HEIGHT : LANE_HEIGHT;
  const share = Math.floor((height - RULER_HEIGHT) / Math.max(1, shown.length));
  return Math.min(LANE_HEIGHT, Math.max(LEAST_LANE_HEIGHT, share));
}

export class TimelinePainter {
  readonly #lanes = new LanePainter();
  readonly #cells = new CellBuffer();
  readonly #shapes = new MarkShapes();
  readonly #columns = new ColumnCounts();

  frame(
    scene: Scene,
    { width, height }: Size,
    view: {
      readonly context: CanvasRenderingContext2D;
      readonly data: TimelineRows;
      readonly window: TimeRange;
      readonly scroll: number;
    },
  ): Frame {
    const { shown, isFit, isPhone } = scene;
    const { context, data, window, scroll } = view;
    const laneHeight = laneHeightOf(scene, height);
    const grid = columnGrid(window, width);
    return {
      context,
      ink: ink(),
      width,
      height,
      window,
      scale: timeScale(window, 0, width),
      data,
      shown,
      laneHeight,
      room: isPhone ? 20 : laneHeight - 8,
      first: Math.max(0, Math.floor(scroll / laneHeight)),
      last: Math.min(shown.length, Math.ceil((scroll + height - RULER_HEIGHT) / laneHeight)),
      scroll,
      topOf: (place) => RULER_HEIGHT + place * laneHeight - scroll,
      cells: this.#cells,
      shapes: this.#shapes,
      columns: this.#columns,
      grid,
      counted: { from: grid.origin, to: window.to },
      isPhone,
      isFit,
    };
  }

  /** `focus`: the place of the lane that keys act on. */
  paint(frame: Frame, surroundings: Surroundings, focus: number): void {
    const { context, window, width, isPhone, isFit } = frame;
    this.#cells.clear();
    const ticks = ticksOf(window, width, surroundings.clock, isPhone ? PHONE_TICK_GAP : TICK_GAP);
    if (isFit) {
      addHeat(frame);
      drawTimeLines(frame, ticks);
      drawGaps(frame, surroundings);
      this.#cells.paint(context, heatInks(frame.ink));
    } else {
      this.#drawFocus(frame, focus);
      drawTimeLines(frame, ticks);
      this.#lanes.drawGround(frame);
      drawGaps(frame, surroundings);
      this.#lanes.drawMarks(frame);
    }
    drawRuler(frame, ticks);
  }

  /** Whether a lane, by its place in the answer, was drawn with a shape for each mark. */
  hasShapes(lane: number): boolean {
    return this.#lanes.hasShapes(lane);
  }

  #drawFocus({ context, ink: { colours }, width, laneHeight, topOf }: Frame, focus: number): void {
    context.fillStyle = colours.raised;
    context.fillRect(0, Math.round(topOf(focus)), width, laneHeight - 1);
  }
}
