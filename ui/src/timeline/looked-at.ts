/** What is where on the screen, as the lanes are drawn now. */
import type { Size } from '../chart/canvas-box.ts';
import type { TooltipContent } from '../chart/tooltip.ts';
import type { TimeRange } from '../time/time-range.ts';
import { timeScale } from '../time/time-scale.ts';
import { RULER_HEIGHT } from './frame.ts';
import type { Point } from './gestures.ts';
import { gapAt } from './grounds.ts';
import { rowsNear } from './hit-test.ts';
import type { Pinned } from './overlay.ts';
import { laneHeightOf } from './timeline-painter.ts';
import type { TimelineRows } from './timeline-rows.ts';
import type { TimelineView } from './timeline-view.ts';
import { rowsWords } from './timeline-words.ts';

export interface LookedAt {
  readonly view: TimelineView;
  readonly data: TimelineRows;
  readonly window: TimeRange;
  readonly size: Size;
  readonly scroll: number;
  /** Whether each mark of a lane has a shape of its own. */
  readonly hasShapes: (lane: number) => boolean;
}

/** How near the pointer has to be, in pixels. */
const REACH = 4;
const REACH_OF_SHAPES = 9;
const REACH_OF_GAPS = 2;

/** The lane at a point by its place, and what is there in it: the severest first. */
export function pointedAt(
  looked: LookedAt,
  { x, y }: Point,
): { readonly place: number; readonly rows: readonly number[] } {
  const { view, data, window, size, scroll, hasShapes } = looked;
  const place = Math.floor((y - RULER_HEIGHT + scroll) / laneHeightOf(view, size.height));
  const shown = view.shown[place];
  if (!shown || shown.more !== undefined) return { place, rows: [] };
  const reach = hasShapes(shown.lane) && !view.isFit ? REACH_OF_SHAPES : REACH;
  const reachMs = ((window.to - window.from) / size.width) * reach + data.spanMs / 2;
  return { place, rows: rowsNear(data, shown.lane, timeScale(window, 0, size.width).timeAt(x), reachMs) };
}

/** Undefined where there is nothing to say. */
export function wordsAt(looked: LookedAt, at: Point): TooltipContent | undefined {
  if (at.y < RULER_HEIGHT) return undefined;
  const { view, data, window, size } = looked;
  const { rows } = pointedAt(looked, at);
  if (rows.length > 0) return rowsWords(data, rows, view.texts, view.clock);
  const time = timeScale(window, 0, size.width).timeAt(at.x);
  const margin = ((window.to - window.from) / size.width) * REACH_OF_GAPS;
  const gap = gapAt(view.gaps, time - margin, time + margin);
  return gap && { title: view.gapWords(gap), lines: [] };
}

/** Where a row is; in the lane around its own while that is closed. */
export function pinnedAt({ view, data, size, scroll }: LookedAt, row: number): Pinned {
  const { shown } = view;
  const lane = data.lane[row] ?? 0;
  const parent = data.lanes[lane]?.parent;
  let place = shown.findIndex((each) => each.lane === lane && each.more === undefined);
  if (place < 0) place = shown.findIndex((each) => data.lanes[each.lane]?.id === parent);
  const height = laneHeightOf(view, size.height);
  const top = RULER_HEIGHT + place * height - scroll;
  return { at: data.time[row] ?? 0, lane: place < 0 ? undefined : { top, height } };
}
