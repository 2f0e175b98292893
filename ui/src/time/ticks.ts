/** Where an axis of time is labelled. */
import type { Clock } from './clock.ts';
import type { TimeRange } from './time-range.ts';

const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
const STEPS = [
  ...[1, 2, 5, 10, 15, 30].map((n) => n * SECOND),
  ...[1, 2, 5, 10, 15, 30].map((n) => n * MINUTE),
  ...[1, 2, 3, 6, 12].map((n) => n * HOUR),
  ...[1, 2, 7, 14, 28].map((n) => n * DAY),
];

export interface Tick {
  readonly at: number;
  readonly label: string;
  /** The beginning of a day. */
  readonly isMajor: boolean;
}

/** At round times of the clock, at most one every `gap` pixels. */
export function ticksOf({ from, to }: TimeRange, width: number, clock: Clock, gap = 84): readonly Tick[] {
  const most = Math.max(2, Math.floor(width / gap));
  const step = STEPS.find((each) => (to - from) / each <= most) ?? Math.ceil((to - from) / most / DAY) * DAY;
  const ticks: Tick[] = [];
  // On the wall steps are even, whatever hour is skipped or comes twice.
  const first = Math.ceil((from + clock.offsetAt(from)) / step) * step;
  for (let wall = first; ticks.length <= most + 1; wall += step) {
    const at = clock.instantOf(wall);
    if (at > to) break;
    if (at < from || at <= (ticks.at(-1)?.at ?? Number.NEGATIVE_INFINITY)) continue;
    const isMajor = wall % DAY === 0;
    ticks.push({ at, isMajor, label: isMajor ? clock.date(at) : step < MINUTE ? clock.time(at) : clock.minutes(at) });
  }
  return ticks;
}
