/** A date whose UTC fields read what the clocks in the zone showed at the instant. */
export type LocalTime = (instant: Date) => Date;

/**
 * The clock of a zone: an IANA name such as `Europe/Berlin`, or an offset such as `+02:00`. Throws a RangeError for
 * anything else.
 */
export function localTime(timeZone: string): LocalTime {
  const format = new Intl.DateTimeFormat('en-US', {
    timeZone,
    hourCycle: 'h23',
    year: 'numeric',
    month: 'numeric',
    day: 'numeric',
    hour: 'numeric',
    minute: 'numeric',
    second: 'numeric',
  });
  // Formatting takes microseconds, and records come by the thousand in a quarter of an hour; offsets change only at its
  // borders.
  let known = Number.NaN;
  let offset = 0;
  return (instant) => {
    const time = instant.getTime();
    const quarter = Math.floor(time / QUARTER_OF_AN_HOUR);
    if (quarter !== known) {
      offset = offsetAt(format, quarter * QUARTER_OF_AN_HOUR);
      known = quarter;
    }
    return new Date(time + offset);
  };
}

const QUARTER_OF_AN_HOUR = 15 * 60_000;

function offsetAt(format: Intl.DateTimeFormat, time: number): number {
  const shown: Partial<Record<Intl.DateTimeFormatPartTypes, number>> = {};
  for (const { type, value } of format.formatToParts(time)) shown[type] = Number(value);
  const { year = 0, month = 1, day = 1, hour = 0, minute = 0, second = 0 } = shown;
  return Date.UTC(year, month - 1, day, hour, minute, second) - time;
}
