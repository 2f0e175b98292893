/** What of a range is in view. */
import type { TimeRange } from '../time/time-range.ts';

/** Closer there is nothing more to see. */
const NARROWEST_MS = 5_000;

/** As near to what is wanted as there is: inside the range, and not too narrow. */
export function within({ from, to }: TimeRange, range: TimeRange): TimeRange {
  const whole = range.to - range.from;
  const span = Math.min(whole, Math.max(NARROWEST_MS, to - from));
  const start = Math.min(range.to - span, Math.max(range.from, from));
  return { from: start, to: start + span };
}

/** By a factor, below 1 closer, around an instant that keeps its place. */
export function zoomedAround({ from, to }: TimeRange, factor: number, at: number): TimeRange {
  return { from: at - (at - from) * factor, to: at + (to - at) * factor };
}

/** By a share of its own width. */
export function panned({ from, to }: TimeRange, share: number): TimeRange {
  const by = (to - from) * share;
  return { from: from + by, to: to + by };
}

/** As an address has it; the whole range when it has none. */
export function windowOf(text: string, range: TimeRange): TimeRange {
  const [, from, to] = /^(\d{1,15})-(\d{1,15})$/.exec(text) ?? [];
  const asked = { from: Number(from), to: Number(to) };
  return asked.to > asked.from && asked.to > range.from && asked.from < range.to ? within(asked, range) : range;
}

/** Nothing when it is the whole range. */
export function windowText({ from, to }: TimeRange, range: TimeRange): string {
  return to - from >= range.to - range.from ? '' : `${Math.round(from)}-${Math.round(to)}`;
}

/** On the way from one to another, from 0 to 1: quick at first, slow at the end. */
export function between(start: TimeRange, end: TimeRange, progress: number): TimeRange {
  const share = 1 - (1 - progress) ** 3;
  return { from: start.from + (end.from - start.from) * share, to: start.to + (end.to - start.to) * share };
}
