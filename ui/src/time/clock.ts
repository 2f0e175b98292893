/** Dates and times in a zone, as a reader of a language writes them. Formatters are kept: making one is slow. */

export interface Clock {
  readonly zone: string;
  /** Milliseconds that the zone is ahead of UTC. */
  readonly offsetAt: (ms: number) => number;
  readonly startOfDay: (ms: number) => number;
  /** When the clock on the wall shows what UTC shows at `wall`. */
  readonly instantOf: (wall: number) => number;
  /** `Thu 12 Mar` */
  readonly date: (ms: number) => string;
  /** `02:18` */
  readonly minutes: (ms: number) => string;
  /** `02:18:04` */
  readonly time: (ms: number) => string;
  /** `02:18:04.123` */
  readonly millis: (ms: number) => string;
  /** `Thu 12 Mar 02:18:04` */
  readonly stamp: (ms: number) => string;
  /** `Thu 12 Mar 01:30 – 01:40` */
  readonly span: (from: number, to: number) => string;
}

const DAY = 86_400_000;
const HOUR = 3_600_000;

const clocks = new Map<string, Clock>();

/** Throws RangeError for a zone that nobody knows. */
export function clockOf(zone: string, language: string): Clock {
  const key = `${zone} ${language}`;
  const known = clocks.get(key) ?? createClock(zone, language);
  clocks.set(key, known);
  return known;
}

function createClock(zone: string, language: string): Clock {
  const format = (options: Intl.DateTimeFormatOptions) => {
    const formatter = new Intl.DateTimeFormat(language, { timeZone: zone, hourCycle: 'h23', ...options });
    return (ms: number) => formatter.format(ms);
  };
  const date = memoised(format({ weekday: 'short', day: 'numeric', month: 'short' }), HOUR / 4);
  const minutes = format({ hour: '2-digit', minute: '2-digit' });
  const time = format({ hour: '2-digit', minute: '2-digit', second: '2-digit' });
  const millis = format({ hour: '2-digit', minute: '2-digit', second: '2-digit', fractionalSecondDigits: 3 });
  const offsetAt = memoised(offsetIn(zone), HOUR / 4);
  const instantOf = (wall: number): number => {
    const guess = wall - offsetAt(wall);
    return wall - offsetAt(guess);
  };
  const startOfDay = (ms: number): number => {
    const wall = ms + offsetAt(ms);
    return instantOf(wall - (((wall % DAY) + DAY) % DAY));
  };
  const stamp = (ms: number) => `${date(ms)} ${time(ms)}`;
  return {
    zone,
    offsetAt,
    startOfDay,
    instantOf,
    date,
    minutes,
    time,
    millis,
    stamp,
    span(from, to) {
      const precise = to - from < 120_000 ? time : minutes;
      const start = `${date(from)} ${precise(from)}`;
      // An end at midnight belongs to the day before it.
      return startOfDay(from) === startOfDay(to)
        ? `${start} – ${precise(to)}`
        : `${start} – ${date(to)} ${precise(to)}`;
    },
  };
}

/** Zones and dates change on a quarter of an hour at the finest. */
function memoised<T>(compute: (ms: number) => T, stepMs: number): (ms: number) => T {
  const known = new Map<number, T>();
  return (ms) => {
    const step = Math.floor(ms / stepMs);
    const found = known.get(step);
    if (found !== undefined) return found;
    if (known.size > 5_000) known.clear();
    const value = compute(step * stepMs);
    known.set(step, value);
    return value;
  };
}

function offsetIn(zone: string): (ms: number) => number {
  const formatter = new Intl.DateTimeFormat('en', { timeZone: zone, timeZoneName: 'longOffset' });
  return (ms) => {
    const name = formatter.formatToParts(ms).find(({ type }) => type === 'timeZoneName')?.value ?? '';
    // GMT, GMT+05:30 or GMT-08:00
    const [, sign, hours = 0, minutes = 0] = /^GMT(?:([+-])(\d\d):(\d\d))?/.exec(name) ?? [];
    return (sign === '-' ? -1 : 1) * (Number(hours) * HOUR + Number(minutes) * 60_000);
  };
}
