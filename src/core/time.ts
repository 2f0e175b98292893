/** Instants are whole milliseconds since 1970-01-01T00:00:00Z; an event's microseconds stay in its own strings. */
import type { Event } from './event.ts';

/** The instant of an RFC 3339 timestamp, or undefined for null, an empty or an unreadable one, and Go's zero time. */
export function parseTimestamp(timestamp: string | null | undefined): number | undefined {
  // Whatever its type says: it came from outside.
  if (typeof timestamp !== 'string' || timestamp === '') return undefined;
  const instant = Date.parse(timestamp);
  // Go's zero time.Time is year 1; some emitters write it out instead of null.
  return Number.isNaN(instant) || instant < 0 ? undefined : instant;
}

/**
 * When the event was last seen: series.lastObservedTime, lastTimestamp, eventTime, firstTimestamp, creationTimestamp,
 * the first of them that is set. Undefined when none is.
 * Events of a series keep the start of the series in `eventTime` and leave `lastTimestamp` empty (KEP-383).
 */
export function lastSeen(event: Event): number | undefined {
  return (
    parseTimestamp(event.series?.lastObservedTime) ??
    parseTimestamp(event.lastTimestamp) ??
    parseTimestamp(event.eventTime) ??
    parseTimestamp(event.firstTimestamp) ??
    parseTimestamp(event.metadata.creationTimestamp)
  );
}

/** When it was first seen: eventTime, firstTimestamp, creationTimestamp, the first of them that is set. */
export function firstSeen(event: Event): number | undefined {
  return (
    parseTimestamp(event.eventTime) ??
    parseTimestamp(event.firstTimestamp) ??
    parseTimestamp(event.metadata.creationTimestamp)
  );
}
