/** Reads times by a layout, with Go's leniency and messages. https://pkg.go.dev/time#Parse */
import { daysFromCivil, daysIn, isLeapYear } from './calendar.ts';
import { quote } from './go-quote.ts';
import { GoTime, timeFromCivil } from './go-time.ts';
import { ELEMENT, MONTHS, WEEKDAYS } from './time-layout.ts';
import { fixedZone, type GoLocation, UTC } from './time-zone.ts';
import { GoError } from './value.ts';

/** What has been read so far. */
interface Parts {
  year: number;
  month: number | undefined;
  day: number | undefined;
  yearDay: number | undefined;
  hour: number;
  minute: number;
  second: number;
  nanosecond: number;
  half: string;
  location: GoLocation | undefined;
  offset: number | undefined;
  abbreviation: string;
}

/** How an element is read: what it looks like, and what it means. The meaning may be out of range. */
interface Reader {
  readonly pattern: RegExp;
  readonly store: (parts: Parts, text: string) => string | undefined;
}

const inRange = (value: number, from: number, to: number, name: string): string | undefined =>
  value < from || value > to ? name : undefined;

const number = (pattern: RegExp, name: 'hour' | 'minute' | 'second' | 'month', from: number, to: number): Reader => ({
  pattern,
  store: (parts, text) => {
    parts[name] = Number(text);
    return inRange(Number(text), from, to, name);
  },
});

const nameOf = (names: readonly string[], store: (parts: Parts, index: number) => void): Reader => ({
  pattern: new RegExp(`^(?:${names.join('|')})`, 'i'),
  store: (parts, text) => {
    store(
      parts,
      names.findIndex((name) => name.toLowerCase() === text.toLowerCase()),
    );
    return undefined;
  },
});

const short = (names: readonly string[]): string[] => names.map((name) => name.slice(0, 3));
const toMonth = (parts: Parts, index: number): void => {
  parts.month = index + 1;
};
const ignore = (): void => undefined;

const day = (pattern: RegExp): Reader => ({
  pattern,
  store: (parts, text) => {
    parts.day = Number(text);
    return undefined;
  },
});

const yearDay = (pattern: RegExp): Reader => ({
  pattern,
  store: (parts, text) => {
    parts.yearDay = Number(text);
    return undefined;
  },
});

const half = (pattern: RegExp): Reader => ({
  pattern,
  store: (parts, text) => {
    parts.half = text.toUpperCase();
    return undefined;
  },
});

const year = (pattern: RegExp, meaning: (value: number) => number): Reader => ({
  pattern,
  store: (parts, text) => {
    parts.year = meaning(Number(text));
    return undefined;
  },
});

const TWO = /^\d\d/;
const ONE_OR_TWO = /^\d\d?/;

/** A signed number of hours, which names a zone that has no letters. */
const HOURS = '[+-]0*(?:1?\\d|2[0-3])(?!\\d)';

const READERS: Readonly<Record<string, Reader>> = {
  '2006': year(/^\d{4}/, (value) => value),
  '06': year(TWO, (value) => value + (value >= 69 ? 1900 : 2000)),
  January: nameOf(MONTHS, toMonth),
  Jan: nameOf(short(MONTHS), toMonth),
  '1': number(ONE_OR_TWO, 'month', 1, 12),
  '01': number(TWO, 'month', 1, 12),
  Monday: nameOf(WEEKDAYS, ignore),
  Mon: nameOf(short(WEEKDAYS), ignore),
  '2': day(ONE_OR_TWO),
  _2: day(/^ ?\d\d?/),
  '02': day(TWO),
  __2: yearDay(/^ {0,2}\d{1,3}/),
  '002': yearDay(/^\d{3}/),
  '15': number(ONE_OR_TWO, 'hour', 0, 23),
  '3': number(ONE_OR_TWO, 'hour', 0, 12),
  '03': number(TWO, 'hour', 0, 12),
  '4': number(ONE_OR_TWO, 'minute', 0, 59),
  '04': number(TWO, 'minute', 0, 59),
  '5': number(ONE_OR_TWO, 'second', 0, 59),
  '05': number(TWO, 'second', 0, 59),
  PM: half(/^(?:AM|PM)/),
  pm: half(/^(?:am|pm)/),
  MST: {
    pattern: new RegExp(
      `^(?:UTC|ChST|MeST|GMT(?:${HOURS})?|${HOURS}|WITA|[A-Z]{4}T(?![A-Z])|[A-Z]{3}T(?![A-Z])|[A-Z]{3}(?![A-Z]))`,
    ),
    store: (parts, text) => {
      if (text === 'UTC') parts.location = UTC;
      else parts.abbreviation = text;
      return undefined;
    },
  },
};

/** The digits behind the point, as nanoseconds. */
const fraction = (text: string): number => Number(text.slice(1, 10).padEnd(9, '0'));

/** `-07:00`, and with a Z in place of the sign also a lone Z. */
function offsetReader(element: string): Reader {
  const shape = element.slice(1).replaceAll(/\d\d/g, '(\\d\\d)');
  return {
    pattern: new RegExp(`^(?:${element.startsWith('Z') ? 'Z|' : ''}[+-]${shape})`),
    store: (parts, text) => {
      if (text === 'Z') {
        parts.location = UTC;
        return undefined;
      }
      const [hours = 0, minutes = 0, seconds = 0] = (text.match(/\d\d/g) ?? []).map(Number);
      const size = (hours * 60 + minutes) * 60 + seconds;
      parts.offset = text.startsWith('-') ? -size : size;
      const name = 'time zone offset';
      return (
        inRange(hours, 0, 24, `${name} hour`) ??
        inRange(minutes, 0, 60, `${name} minute`) ??
        inRange(seconds, 0, 60, `${name} second`)
      );
    },
  };
}

function fractionReader(element: string): Reader {
  const digits = element[1] === '9' ? '(?:[.,]\\d+)?' : `[.,]\\d{${element.length - 1}}`;
  return {
    pattern: new RegExp(`^${digits}`),
    store: (parts, text) => {
      parts.nanosecond = fraction(text);
      return undefined;
    },
  };
}

const readerOf = (element: string): Reader =>
  READERS[element] ?? (/^[-Z]/.test(element) ? offsetReader(element) : fractionReader(element));

/** `time.ParseInLocation`; throws a GoError. A time without a zone is one of the location. */
export function parseTime(layout: string, value: string, location: GoLocation = UTC): GoTime {
  const parts: Parts = {
    year: 0,
    month: undefined,
    day: undefined,
    yearDay: undefined,
    hour: 0,
    minute: 0,
    second: 0,
    nanosecond: 0,
    half: '',
    location: undefined,
    offset: undefined,
    abbreviation: '',
  };
  const fail = (message: string): never => {
    throw new GoError(`parsing time ${quote(value)}${message}`);
  };
  const mismatch = (rest: string, element: string): never =>
    fail(` as ${quote(layout)}: cannot parse ${quote(rest)} as ${quote(element)}`);
  let rest = value;
  let at = 0;
  for (const match of layout.matchAll(ELEMENT)) {
    const [element] = match;
    rest = afterLiteral(rest, layout.slice(at, match.index), mismatch);
    at = match.index + element.length;
    const { pattern, store } = readerOf(element);
    const found = pattern.exec(rest)?.[0] ?? mismatch(rest, element);
    rest = rest.slice(found.length);
    const beyond = store(parts, found);
    if (beyond !== undefined) fail(`: ${beyond} out of range`);
    if (element === '5' || element === '05') rest = unannounced(parts, rest, layout.slice(at));
  }
  rest = afterLiteral(rest, layout.slice(at), mismatch);
  if (rest !== '') fail(`: extra text: ${quote(rest)}`);
  return assemble(parts, location, fail);
}

/** Skips what stands for itself; one run of spaces is as good as another. */
function afterLiteral(value: string, literal: string, mismatch: (rest: string, element: string) => never): string {
  let rest = value;
  for (let at = 0; at < literal.length; ) {
    if (literal[at] === ' ') {
      if (rest !== '' && !rest.startsWith(' ')) mismatch(rest, literal);
      while (literal[at] === ' ') at++;
      rest = rest.replace(/^ +/, '');
      continue;
    }
    if (rest === '' || rest[0] !== literal[at]) mismatch(rest, literal);
    rest = rest.slice(1);
    at++;
  }
  return rest;
}

/** A fraction of a second is read also where the layout has none. */
function unannounced(parts: Parts, rest: string, layout: string): string {
  const digits = /^[.,]\d+/.exec(rest)?.[0];
  const following = layout.match(ELEMENT)?.[0] ?? '';
  if (digits === undefined || /^[.,]/.test(following)) return rest;
  parts.nanosecond = fraction(digits);
  return rest.slice(digits.length);
}

function assemble(parts: Parts, location: GoLocation, fail: (message: string) => never): GoTime {
  const { year, nanosecond, minute, second } = parts;
  const { month, day: dayOfMonth } = parts.yearDay === undefined ? parts : dateOfYearDay(parts, parts.yearDay, fail);
  const civil = { year, month: month ?? 1, day: dayOfMonth ?? 1, hour: hourOf(parts), minute, second };
  if (civil.day < 1 || civil.day > daysIn(year, civil.month)) fail(': day out of range');
  const wall = timeFromCivil(civil, nanosecond, UTC).unixSeconds;
  const zoned = parts.location === undefined ? zonedTime(parts, wall, location) : undefined;
  return zoned ?? timeFromCivil(civil, nanosecond, parts.location ?? location);
}

/** An hour above 12 stays as it is, whichever half of the day it is said to be in. */
function hourOf({ hour, half: half12 }: Parts): number {
  if (half12 === 'PM' && hour < 12) return hour + 12;
  return half12 === 'AM' && hour === 12 ? 0 : hour;
}

/** The time in the zone that the text itself names by offset or letters; `wall` is what UTC would make of it. */
function zonedTime(
  { offset, abbreviation, nanosecond }: Parts,
  wall: number,
  location: GoLocation,
): GoTime | undefined {
  if (offset !== undefined) {
    const local = location.offsetAt(wall - offset);
    const isLocal = local.seconds === offset && (abbreviation === '' || abbreviation === local.abbreviation);
    return new GoTime(wall - offset, nanosecond, isLocal ? location : fixedZone(abbreviation, offset));
  }
  if (abbreviation === '') return undefined;
  const named = offsetNamed(abbreviation, wall, location);
  if (named !== undefined) return new GoTime(wall - named, nanosecond, location);
  // Other letters do not say which zone is meant. Go reads the time as UTC then, and shows it with the hour of a GMT+3.
  const seconds = abbreviation.startsWith('GMT') ? Number(abbreviation.slice(3)) * 3600 : 0;
  return new GoTime(wall, nanosecond, fixedZone(abbreviation, seconds));
}

const HALF_YEAR = 183 * 86_400;

/** The offset that the letters stand for in the location, at that time of the year or at the other. */
function offsetNamed(abbreviation: string, wall: number, location: GoLocation): number | undefined {
  const zones = [0, HALF_YEAR, -HALF_YEAR].map((seconds) => location.offsetAt(wall + seconds));
  return zones.find((zone) => zone.abbreviation === abbreviation)?.seconds;
}

function dateOfYearDay(
  { year, month, day: dayOfMonth }: Parts,
  ordinal: number,
  fail: (message: string) => never,
): { month: number; day: number } {
  if (ordinal < 1 || ordinal > (isLeapYear(year) ? 366 : 365)) fail(': day-of-year out of range');
  let found = 1;
  while (found < 12 && daysFromCivil(year, found + 1, 1) - daysFromCivil(year, 1, 1) < ordinal) found++;
  const inMonth = ordinal - (daysFromCivil(year, found, 1) - daysFromCivil(year, 1, 1));
  if (month !== undefined && month !== found) fail(': day-of-year does not match month');
  if (dayOfMonth !== undefined && dayOfMonth !== inMonth) fail(': day-of-year does not match day');
  return { month: found, day: inMonth };
}
