import type { TimeRange } from './time-range.ts';

/** Between instants and pixels. */
export interface TimeScale {
  readonly range: TimeRange;
  /** The pixels that the range takes. */
  readonly left: number;
  readonly right: number;
  x(ms: number): number;
  /** The instant at a pixel; outside, the nearest end of the range. */
  timeAt(x: number): number;
}

export function timeScale(range: TimeRange, left: number, right: number): TimeScale {
  const span = Math.max(1, range.to - range.from);
  const width = Math.max(1, right - left);
  return {
    range,
    left,
    right,
    x: (ms) => left + ((ms - range.from) / span) * width,
    timeAt: (x) => range.from + (Math.min(Math.max(x - left, 0), width) / width) * span,
  };
}
