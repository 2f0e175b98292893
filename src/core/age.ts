/**
 * Ages as kubectl prints them. The rules are those of kubectl 1.35; the tests hold them against its own output.
 * https://github.com/kubernetes/apimachinery/blob/v0.35.4/pkg/util/duration/duration.go
 */
import type { Event } from './event.ts';
import { parseTimestamp } from './time.ts';

const SECOND = 1000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
const YEAR = 365 * DAY;

const UNKNOWN = '<unknown>';

/** Two or three significant figures: `83s`, `2m30s`, `5h36m`, `2d3h`, `3y50d`. More than a second below 0: `<invalid>`. */
export function humanDuration(ms: number): string {
  const seconds = Math.trunc(ms / SECOND);
  if (seconds < -1) return '<invalid>';
  if (ms < 2 * MINUTE) return `${Math.max(0, seconds)}s`;
  if (ms < 10 * MINUTE) return twoUnits(ms, MINUTE, 'm', SECOND, 's');
  if (ms < 3 * HOUR) return oneUnit(ms, MINUTE, 'm');
  if (ms < 8 * HOUR) return twoUnits(ms, HOUR, 'h', MINUTE, 'm');
  if (ms < 2 * DAY) return oneUnit(ms, HOUR, 'h');
  if (ms < 8 * DAY) return twoUnits(ms, DAY, 'd', HOUR, 'h');
  if (ms < 2 * YEAR) return oneUnit(ms, DAY, 'd');
  if (ms < 8 * YEAR) return twoUnits(ms, YEAR, 'y', DAY, 'd');
  return oneUnit(ms, YEAR, 'y');
}

function oneUnit(ms: number, size: number, unit: string): string {
  return `${Math.floor(ms / size)}${unit}`;
}

function twoUnits(ms: number, size: number, unit: string, smallerSize: number, smallerUnit: string): string {
  const rest = Math.floor((ms % size) / smallerSize);
  return rest === 0 ? oneUnit(ms, size, unit) : `${oneUnit(ms, size, unit)}${rest}${smallerUnit}`;
}

/** How long ago a timestamp of an event was: `<unknown>` for null and for Go's zero time. */
export function age(timestamp: string | null | undefined, now: number): string {
  const instant = parseTimestamp(timestamp);
  return instant === undefined ? UNKNOWN : humanDuration(now - instant);
}

/**
 * The column FIRST SEEN of `kubectl get events`.
 * https://github.com/kubernetes/kubernetes/blob/v1.35.4/pkg/printers/internalversion/printers.go (printEvent)
 */
export function firstSeenAge(event: Event, now: number): string {
  return age(isSet(event.firstTimestamp) ? event.firstTimestamp : event.eventTime, now);
}

/** The column LAST SEEN of `kubectl get events`. */
export function lastSeenAge(event: Event, now: number): string {
  if (event.series) return age(event.series.lastObservedTime, now);
  return isSet(event.lastTimestamp) ? age(event.lastTimestamp, now) : firstSeenAge(event, now);
}

/**
 * The column Age of the events in `kubectl describe`: `83s (x5 over 5h36m)` for one that repeated, else `83s`.
 * https://github.com/kubernetes/kubectl/blob/v0.35.4/pkg/describe/describe.go (DescribeEvents)
 */
export function describedAge(event: Event, now: number): string {
  const first = age(isSet(event.eventTime) ? event.eventTime : event.firstTimestamp, now);
  if (event.series) return `${age(event.series.lastObservedTime, now)} (x${event.series.count ?? 0} over ${first})`;
  const count = event.count ?? 0;
  return count > 1 ? `${age(event.lastTimestamp, now)} (x${count} over ${first})` : first;
}

function isSet(timestamp: string | null | undefined): boolean {
  return parseTimestamp(timestamp) !== undefined;
}
