/** Sprig's functions for times: https://masterminds.github.io/sprig/date.html */
import { formatDuration, rounded, saturated } from '../duration.ts';
import type { TemplateFunctions } from '../functions.ts';
import { GoTime, TIME, timeFromNanoseconds, ZERO_TIME } from '../go-time.ts';
import { INT32, INT64, STRING } from '../go-type.ts';
import { parseTime } from '../time-parse.ts';
import { type GoLocation, loadLocation, UTC } from '../time-zone.ts';
import { GoError, GoPointer, GoScalar, type GoValue } from '../value.ts';
import { any, define, parameter, string } from './define.ts';
import { parseDuration } from './duration-text.ts';

const SECOND = 1_000_000_000n;

export interface Clock {
  /** Milliseconds since 1970. */
  readonly now: () => number;
  /** What templates know as `Local`. */
  readonly location: GoLocation;
}

const time = parameter<GoTime>(TIME);

/** The value of an exact `int64`; undefined for anything else. */
const int64Of = (value: GoValue): bigint | undefined =>
  value instanceof GoScalar && value.type === INT64 && typeof value.value === 'bigint' ? value.value : undefined;

/** Seconds since 1970, of the types that are taken for them. */
function secondsOf(value: GoValue): bigint | undefined {
  if (typeof value === 'bigint') return value;
  return int64Of(value);
}

function locationOf(name: string, local: GoLocation): GoLocation {
  if (name === 'Local') return local;
  try {
    return loadLocation(name);
  } catch (error) {
    if (error instanceof GoError) return UTC;
    throw error;
  }
}

/** Years of 365 days and months of 30, the largest unit of which there is more than one. */
const UNITS: readonly (readonly [string, bigint])[] = [
  ['y', 365n * 86_400n * SECOND],
  ['mo', 30n * 86_400n * SECOND],
  ['d', 86_400n * SECOND],
  ['h', 3600n * SECOND],
  ['m', 60n * SECOND],
  ['s', SECOND],
];

function inLargestUnit(nanoseconds: bigint): string {
  const size = nanoseconds < 0n ? -nanoseconds : nanoseconds;
  const unit = UNITS.find(([, length]) => size > length);
  return unit === undefined ? '0s' : `${size / unit[1]}${unit[0]}`;
}

/** `time.ParseDuration` with a fallback for what is none. */
function durationOr<T>(text: string, fallback: T): bigint | T {
  try {
    return parseDuration(text);
  } catch (error) {
    if (error instanceof GoError) return fallback;
    throw error;
  }
}

function parsedInteger(text: string): bigint {
  if (!/^[+-]?[0-9]+$/.test(text)) return 0n;
  const value = BigInt(text.replace(/^\+/, ''));
  return saturated(value);
}

function durationOfSeconds(value: GoValue): string {
  const seconds = typeof value === 'string' ? parsedInteger(value) : (int64Of(value) ?? 0n);
  return formatDuration(BigInt.asIntN(64, seconds * SECOND));
}

export function dateFunctions({ now, location }: Clock): TemplateFunctions {
  const current = (): GoTime => timeFromNanoseconds(BigInt(Math.trunc(now() * 1e6)), location);
  const since = (value: GoTime): bigint => saturated(current().unixNanoseconds - value.unixNanoseconds);
  const timeOf = (value: GoValue): GoTime => {
    if (value instanceof GoTime) return value;
    const seconds = secondsOf(value);
    return seconds === undefined ? current() : timeFromNanoseconds(seconds * SECOND, location);
  };
  const formatted = (layout: string, value: GoValue, zone: string): string => {
    let instant = value;
    if (value instanceof GoPointer && value.type.elem === TIME) {
      if (value.target === undefined)
        throw new GoError('runtime error: invalid memory address or nil pointer dereference');
      instant = value.target;
    } else if (value instanceof GoScalar && value.type === INT32 && typeof value.value === 'bigint')
      instant = value.value;
    return timeOf(instant).in(locationOf(zone, location)).format(layout);
  };
  const dateInZone = define([string, any, string], STRING, formatted);
  const dateModify = define([string, time], TIME, (text, value) => value.add(durationOr(text, 0n)));
  const mustDateModify = define([string, time], TIME, (text, value) => value.add(parseDuration(text)));
  const toDate = (layout: string, text: string): GoTime => parseTime(layout, text, location);
  return {
    now: define([], TIME, current),
    ago: define([any], STRING, (value) => formatDuration(rounded(since(timeOf(value)), SECOND))),
    date: define([string, any], STRING, (layout, value) => formatted(layout, value, 'Local')),
    dateInZone,
    date_in_zone: dateInZone,
    htmlDate: define([any], STRING, (value) => formatted('2006-01-02', value, 'Local')),
    htmlDateInZone: define([any, string], STRING, (value, zone) => formatted('2006-01-02', value, zone)),
    dateModify,
    date_modify: dateModify,
    mustDateModify,
    must_date_modify: mustDateModify,
    toDate: define([string, string], TIME, (layout, text) => {
      try {
        return toDate(layout, text);
      } catch (error) {
        if (error instanceof GoError) return ZERO_TIME;
        throw error;
      }
    }),
    mustToDate: define([string, string], TIME, toDate),
    unixEpoch: define([time], STRING, (value) => String(value.unixSeconds)),
    duration: define([any], STRING, durationOfSeconds),
    durationRound: define([any], STRING, (value) => {
      if (typeof value === 'string') return inLargestUnit(durationOr(value, 0n));
      return inLargestUnit(value instanceof GoTime ? since(value) : (int64Of(value) ?? 0n));
    }),
  };
}
