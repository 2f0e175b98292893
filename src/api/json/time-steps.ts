/** A range cut into steps that people reckon in. */
import type { Interval } from '../../core/coverage.ts';

const SECOND = 1_000;
const MINUTE = 60 * SECOND;
export const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

const STEPS = [
  ...[1, 2, 5, 10, 15, 30].map((seconds) => seconds * SECOND),
  ...[1, 2, 5, 10, 15, 30].map((minutes) => minutes * MINUTE),
  ...[1, 2, 3, 6, 12].map((hours) => hours * HOUR),
  ...[1, 2, 7, 28].map((days) => days * DAY),
];

export interface TimeSteps {
  /** Where the first of them begins, at or before the range. */
  readonly start: number;
  readonly stepMs: number;
  readonly count: number;
}

/**
 * The shortest steps, of those not shorter than `least`, of which so many make up a range of that length; one more where
 * the range begins within one. Days begin as they do in the zone at the
 * beginning of the range; a zone that is half an hour off is taken for the whole hour before, since hours are what is
 * counted by.
 */
export function stepsOf(
  range: Interval,
  {
    buckets,
    least = 0,
    zone = 'UTC',
  }: { readonly buckets: number; readonly least?: number; readonly zone?: string | undefined },
): TimeSteps {
  const length = range.to - range.from;
  const wanted = Math.max(least, length / Math.max(1, buckets));
  const stepMs = STEPS.find((step) => step >= wanted) ?? Math.ceil(wanted / DAY) * DAY;
  const offset = stepMs < HOUR ? 0 : Math.floor(offsetOf(zone, range.from) / HOUR) * HOUR;
  const start = Math.floor((range.from + offset) / stepMs) * stepMs - offset;
  return { start, stepMs, count: Math.floor((range.to - start) / stepMs) + 1 };
}

/** Every hour that is in the range, beginning as hours do in the zone at the beginning of the range. */
export function hoursOf({ from, to }: Interval, zone = 'UTC'): TimeSteps {
  const offset = offsetOf(zone, from);
  const start = Math.floor((from + offset) / HOUR) * HOUR - offset;
  return { start, stepMs: HOUR, count: Math.floor((to - start) / HOUR) + 1 };
}

/** How far the clocks of a zone are ahead of UTC. */
function offsetOf(zone: string, instant: number): number {
  const format = new Intl.DateTimeFormat('en', { timeZone: zone, timeZoneName: 'longOffset' });
  const name = format.formatToParts(instant).find(({ type }) => type === 'timeZoneName')?.value ?? '';
  const [, sign, hours = '0', minutes = '0'] = /^GMT(?:([+-])(\d\d):(\d\d))?/.exec(name) ?? [];
  return (sign === '-' ? -1 : 1) * (Number(hours) * HOUR + Number(minutes) * MINUTE);
}
