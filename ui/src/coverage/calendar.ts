/** When somebody watched, as days of hours in a zone: pure. */
import { type ListedGap, mergedGaps, missedMs } from '../chart/gaps.ts';
import type { Clock } from '../time/clock.ts';
import type { TimeRange } from '../time/time-range.ts';

const HOUR = 3_600_000;
const LEAST_DAYS = 14;
/** The API goes by the hour no further. */
const MOST_DAYS = 92;

/** What is told of one scope, as the API has it. */
export interface WatchedScope {
  /** How much of each hour was watched, from `start` on. */
  readonly start: number;
  readonly cells: readonly number[];
  readonly breaks: readonly ListedBreak[];
  readonly gaps: readonly ListedGap[];
}

interface ListedBreak {
  readonly from: string;
  readonly to: string;
  readonly healed: boolean;
}

/** What can be known: from the first observation until now. */
export type KnownRange = TimeRange;

/** What can be known of an hour. */
export interface HourCell extends TimeRange {
  /** When the hour itself began. */
  readonly begin: number;
  /** How much of it was watched. */
  readonly share: number;
  /** Something is not known of it, though it may be less than a share shows. */
  readonly isBroken: boolean;
  /** What was alive at the end of a break was read. */
  readonly isHealed: boolean;
}

export interface Day {
  readonly start: number;
  /** By the hour that the clock shows: none for an hour that it skips, or of which nothing can be known. */
  readonly cells: readonly (HourCell | undefined)[];
}

/** Whole days up to the end of a range: all of it, and two weeks at least. */
export function calendarRange(range: TimeRange, clock: Clock): TimeRange {
  const last = clock.startOfDay(range.to - 1);
  const daysBefore = (days: number) => clock.startOfDay(last - days * 24 * HOUR + 12 * HOUR);
  const wanted = Math.min(clock.startOfDay(range.from), daysBefore(LEAST_DAYS - 1));
  return { from: Math.max(wanted, daysBefore(MOST_DAYS - 1)), to: nextDay(last, clock) };
}

/** Undefined when nobody watched within the range. */
export function knownRange(gaps: readonly ListedGap[], range: TimeRange): KnownRange | undefined {
  const before = gaps.find(({ from, cause }) => cause === undefined && Date.parse(from) <= range.from);
  const from = before ? Date.parse(before.to) : range.from;
  return from < range.to ? { from, to: range.to } : undefined;
}

/** Latest day first. */
export function calendarOf(scope: WatchedScope, known: KnownRange, clock: Clock): readonly Day[] {
  const hours = hoursOf(scope, known);
  const days = new Map<number, (HourCell | undefined)[]>();
  for (const hour of hours) {
    const day = clock.startOfDay(hour.from);
    const cells = days.get(day) ?? Array.from<HourCell | undefined>({ length: 24 });
    const wall = Math.floor((((hour.from + clock.offsetAt(hour.from)) % (24 * HOUR)) + 24 * HOUR) / HOUR) % 24;
    cells[wall] = cells[wall] ? together(cells[wall], hour) : hour;
    days.set(day, cells);
  }
  return [...days].map(([start, cells]) => ({ start, cells })).toReversed();
}

/** Of what can be known, and never rounded up. */
export function watchedShare(gaps: readonly ListedGap[], known: KnownRange): number {
  const missed = missedMs(mergedGaps(gaps, known), known);
  return 1 - missed / (known.to - known.from);
}

function hoursOf({ start, cells, breaks, gaps }: WatchedScope, known: KnownRange): readonly HourCell[] {
  const times = breaks.map(({ from, to, healed }) => ({ from: Date.parse(from), to: Date.parse(to), healed }));
  return cells.flatMap((share, index): HourCell[] => {
    const begin = start + index * HOUR;
    const from = Math.max(begin, known.from);
    const to = Math.min(begin + HOUR, known.to);
    if (from >= to) return [];
    const own = times.filter((one) => one.from < to && one.to >= from);
    // What the API counts is the whole hour, also what was before the first observation.
    const watched = begin < from ? watchedShare(gaps, { from, to }) : share;
    return [
      {
        begin,
        from,
        to,
        share: watched,
        isBroken: watched < 1 || own.length > 0,
        isHealed: own.some(({ healed }) => healed),
      },
    ];
  });
}

/** An hour that the clock shows twice. */
function together(one: HourCell, other: HourCell): HourCell {
  const [first, second] = [one.to - one.from, other.to - other.from];
  return {
    begin: one.begin,
    from: one.from,
    to: other.to,
    share: (one.share * first + other.share * second) / (first + second),
    isBroken: one.isBroken || other.isBroken,
    isHealed: one.isHealed || other.isHealed,
  };
}

/** A day may have 25 hours. */
function nextDay(start: number, clock: Clock): number {
  return clock.startOfDay(start + 36 * HOUR);
}
