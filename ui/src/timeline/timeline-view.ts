/** What the lanes are told, and what they tell. */
import type { Texts } from '../text/texts.ts';
import type { TimeRange } from '../time/time-range.ts';
import type { Scene } from './timeline-painter.ts';
import type { TimelineRows } from './timeline-rows.ts';

export interface TimelineView extends Scene {
  /** Of the whole range. */
  readonly base: TimelineRows;
  /** Closer, of a part of it: the same lanes. */
  readonly closer: { readonly data: TimelineRows; readonly range: TimeRange } | undefined;
  readonly range: TimeRange;
  /** As the address has it. */
  readonly win: string;
  /** The `id` of the pinned event. */
  readonly sel: string;
  readonly isBracketed: boolean;
  readonly texts: Texts;
}

export interface TimelineActions {
  /** With every frame in which the window moves. */
  readonly onMove: (window: TimeRange) => void;
  /** When it has come to rest, as the address has it. */
  readonly onRest: (win: string) => void;
  /** Nothing when nothing is pinned. */
  readonly onPin: (id: string) => void;
  readonly onToggle: (laneId: string) => void;
}
