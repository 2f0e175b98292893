/** All that the painters of a frame of the timeline go by. */
import type { Gap } from '../chart/gaps.ts';
import type { Ink } from '../theme/ink.ts';
import type { Clock } from '../time/clock.ts';
import type { TimeRange } from '../time/time-range.ts';
import type { TimeScale } from '../time/time-scale.ts';
import type { CellBuffer } from './cell-buffer.ts';
import type { ColumnCounts, ColumnGrid } from './column-counts.ts';
import type { MarkShapes } from './mark-shapes.ts';
import type { ShownLane } from './shown-lanes.ts';
import type { TimelineRows } from './timeline-rows.ts';

export const RULER_HEIGHT = 26;

export interface Frame {
  readonly context: CanvasRenderingContext2D;
  readonly ink: Ink;
  readonly width: number;
  readonly height: number;
  readonly window: TimeRange;
  readonly scale: TimeScale;
  readonly data: TimelineRows;
  readonly shown: readonly ShownLane[];
  readonly laneHeight: number;
  /** The part of a lane's height that marks have, at its foot. */
  readonly room: number;
  /** The lanes that are in view, the second one exclusive. */
  readonly first: number;
  readonly last: number;
  /** How far lanes are scrolled. */
  readonly scroll: number;
  readonly topOf: (place: number) => number;
  readonly cells: CellBuffer;
  readonly shapes: MarkShapes;
  readonly columns: ColumnCounts;
  readonly grid: ColumnGrid;
  /** The window with the whole of its first column. */
  readonly counted: TimeRange;
  readonly isPhone: boolean;
  readonly isFit: boolean;
}

export interface Surroundings {
  readonly gaps: readonly Gap[];
  readonly clock: Clock;
  /** What is said in a gap that is wide enough. */
  readonly gapWords: (gap: Gap) => string;
}
