/** Ranges of time as they are asked for, typed and zoomed. */
import type { Clock } from './clock.ts';

export interface TimeRange {
  readonly from: number;
  readonly to: number;
}

/** As they are asked for: RFC 3339, `now` or `now-24h`. */
export interface AskedRange {
  readonly from: string;
  readonly to: string;
}

/** By the digit that chooses them, from 1. */
export const PRESETS = ['15m', '1h', '3h', '6h', '12h', '24h', '2d', '7d'] as const;

const UNITS: Readonly<Record<string, number>> = { s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000, w: 604_800_000 };
/** What is narrower shows nothing. */
export const SHORTEST_MS = 1_000;

function durationOf(text: string): number | undefined {
  if (!/^(?:\d{1,6}[smhdw])+$/.test(text)) return undefined;
  return [...text.matchAll(/(\d+)([smhdw])/g)].reduce(
    (sum, [, n, unit]) => sum + Number(n) * (UNITS[unit ?? ''] ?? 0),
    0,
  );
}

/** To the minute, in one unit, as addresses and the API have it. */
export function durationText(ms: number): string {
  const minutes = Math.max(1, Math.round(ms / 60_000));
  const [unit, size] = (
    [
      ['d', 1_440],
      ['h', 60],
    ] as const
  ).find(([, each]) => minutes % each === 0) ?? ['m', 1];
  return `${minutes / size}${unit}`;
}

/** Undefined when it is no time. */
export function instantOf(text: string, now: number): number | undefined {
  if (text === 'now') return now;
  const ago = /^now-(.+)$/.exec(text)?.[1];
  const ms = ago === undefined ? Date.parse(text) : now - (durationOf(ago) ?? Number.NaN);
  return Number.isNaN(ms) ? undefined : ms;
}

export function rangeOf({ from, to }: AskedRange, now: number): TimeRange {
  const end = instantOf(to, now) ?? now;
  return { from: instantOf(from, now) ?? end - 86_400_000, to: end };
}

/** Whole seconds, so that addresses stay short. */
export function asked({ from, to }: TimeRange): AskedRange {
  const text = (ms: number) => new Date(ms).toISOString().replace('.000Z', 'Z');
  return { from: text(Math.floor(from / 1_000) * 1_000), to: text(Math.ceil(to / 1_000) * 1_000) };
}

export function preset(name: string): AskedRange {
  return { from: `now-${name}`, to: 'now' };
}

/** Ranges that a store younger than a day is looked at in, in minutes. A new one has what its cluster kept: an hour. */
const YOUNG = [15, 30, 45, 60, 75, 90, 120, 180, 240, 360, 480, 720, 1_080];

/** The narrowest range that holds all that is stored, of a day at most: where nothing can be, nothing is to be seen. */
export function rangeSince(oldest: number, now: number): string {
  const fits = YOUNG.map((minutes) => minutes * 60_000).find((ms) => ms >= now - oldest);
  return fits === undefined ? 'now-24h' : `now-${durationText(fits)}`;
}

/** The duration of a range that ends now, such as `24h`. */
export function presetOf({ from, to }: AskedRange): string | undefined {
  return to === 'now' ? /^now-(\d+[mhdw])$/.exec(from)?.[1] : undefined;
}

/** Twice as wide around the same middle, but never into the future. */
export function zoomedOut({ from, to }: TimeRange, now: number): TimeRange {
  const half = (to - from) / 2;
  const end = Math.min(now, to + half);
  return { from: end - 4 * half, to: end };
}

/** What is asked, zoomed out; what ends now goes on doing so. */
export function zoomedRange(before: AskedRange, now: number): AskedRange {
  const range = asked(zoomedOut(rangeOf(before, now), now));
  if (before.to !== 'now') return range;
  const span = now - (instantOf(range.from, now) ?? now);
  return { from: `now-${durationText(span)}`, to: 'now' };
}

/**
 * What somebody typed, as it is asked for: `-3h`, `now`, `02:00` (the last one), `12 Mar 02:00` is not one, ISO 8601 with
 * or without a zone; without one it is the clock's. Undefined when it is none of them.
 */
export function typedTime(text: string, clock: Clock, now: number): string | undefined {
  const typed = text.trim();
  const ago = /^(?:now)?\s*-\s*(\w+)$/.exec(typed)?.[1];
  if (ago !== undefined) return durationOf(ago) === undefined ? undefined : `now-${ago}`;
  if (typed === 'now') return typed;
  const time = /^([01]?\d|2[0-3]):([0-5]\d)(?::([0-5]\d))?$/.exec(typed);
  if (time) {
    const [, h, m, s = 0] = time;
    const sinceMidnight = Number(h) * 3_600_000 + Number(m) * 60_000 + Number(s) * 1_000;
    const today = clock.startOfDay(now) + sinceMidnight;
    return isoText(today > now ? clock.startOfDay(clock.startOfDay(now) - 1) + sinceMidnight : today);
  }
  const date = /^(\d{4}-\d\d-\d\d)(?:[T ]+(\d\d:\d\d(?::\d\d(?:\.\d+)?)?)\s*(Z|[+-]\d\d:\d\d)?)?$/i.exec(typed);
  if (!date) return undefined;
  const [, day, at = '00:00', zone] = date;
  const written = Date.parse(`${day}T${at}${(zone ?? 'Z').toUpperCase()}`);
  if (Number.isNaN(written)) return undefined;
  return isoText(zone === undefined ? clock.instantOf(written) : written);
}

function isoText(ms: number): string {
  return new Date(ms).toISOString().replace('.000Z', 'Z');
}
