/** What is typed on the command line, parsed. Everything here throws commander's InvalidArgumentError. */
import { InvalidArgumentError } from 'commander';
import { parseDuration } from '../config/duration.ts';
import { kindOf } from './_kinds.ts';

export interface ObjectArgument {
  readonly kind: string;
  readonly name: string;
}

const DATE = /^\d{4}-\d{2}-\d{2}$/;
const LOCAL_TIME = /^\d{4}-\d{2}-\d{2}[T ]\d{2}:\d{2}(?::\d{2}(?:\.\d+)?)?$/;
const ZONED_TIME = /^\d{4}-\d{2}-\d{2}[T ]\d{2}:\d{2}:\d{2}(?:\.\d+)?(?:[zZ]|[+-]\d{2}:\d{2})$/;

/** Milliseconds: RFC 3339, a date or a time without a zone (local), or a duration, which counts back from `now`. */
export function parseInstant(text: string, now: number): number {
  const ago = parseDuration(text);
  if (ago !== undefined) return now - ago;
  // Date.parse takes a bare date for UTC and rolls 31 February over; a person means a day of the calendar on the wall.
  const known = DATE.test(text) || LOCAL_TIME.test(text) || ZONED_TIME.test(text);
  const instant = known ? Date.parse(DATE.test(text) ? `${text}T00:00` : text.replace(' ', 'T')) : Number.NaN;
  if (Number.isNaN(instant) || !isDayOfCalendar(text)) {
    throw new InvalidArgumentError('Wanted: a duration such as 2h, 30m or 7d, a date, or an RFC 3339 time.');
  }
  return instant;
}

function isDayOfCalendar(text: string): boolean {
  const date = text.slice(0, 10);
  const parsed = new Date(`${date}T00:00:00Z`);
  return !Number.isNaN(parsed.getTime()) && parsed.toISOString().startsWith(date);
}

/** For an option that may be repeated and takes lists: `-n a,b -n c`. */
export function collectList(text: string, previous: readonly string[] = []): string[] {
  const values = text.split(',').map((value) => value.trim());
  if (values.includes('')) throw new InvalidArgumentError('Wanted: names, separated by commas.');
  return [...new Set([...previous, ...values])];
}

/** As {@link collectList}; `normal` and `warning` get the capital they are stored with. */
export function collectTypes(text: string, previous: readonly string[] = []): string[] {
  const stored = ['Normal', 'Warning'];
  return collectList(text, previous).map(
    (type) => stored.find((name) => name.toLowerCase() === type.toLowerCase()) ?? type,
  );
}

export function parseLimit(text: string): number {
  const limit = Number(text);
  if (!/^\d+$/.test(text) || limit < 1 || !Number.isSafeInteger(limit)) {
    throw new InvalidArgumentError('Wanted: a whole number above 0.');
  }
  return limit;
}

/** As {@link parseLimit}, for what nothing gives more of at once. */
export function limitUpTo(most: number): (text: string) => number {
  return (text) => {
    const limit = parseLimit(text);
    if (limit > most) throw new InvalidArgumentError(`Wanted: a whole number from 1 to ${most}.`);
    return limit;
  };
}

/** 0 or more. */
export function parseNumber(text: string): number {
  const value = Number(text);
  if (!/\d/.test(text) || !(value >= 0)) throw new InvalidArgumentError('Wanted: a number, 0 or more.');
  return value;
}

/** 0 for any free one. */
export function parsePort(text: string): number {
  const port = Number(text);
  if (!/^\d+$/.test(text) || port > 65_535) throw new InvalidArgumentError('Wanted: a whole number from 0 to 65535.');
  return port;
}

/** Milliseconds of a duration. */
export function parseSpan(text: string): number {
  const ms = parseDuration(text);
  if (ms === undefined) throw new InvalidArgumentError('Wanted: a duration such as 2h, 30m or 7d.');
  return ms;
}

/** `pod/web-0`, `po/web-0`, `deployments.apps/web`. */
export function parseObject(text: string): ObjectArgument {
  const [kind, name, ...rest] = text.split('/');
  if (!kind || !name || rest.length > 0) throw new InvalidArgumentError('Wanted: KIND/NAME, such as pod/web-0.');
  return { kind: kindOf(kind), name };
}
