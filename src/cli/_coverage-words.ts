/** Coverage in words. Times are local, as those that are typed. */
import { humanDuration } from '../core/age.ts';
import { BREAK_CAUSES } from '../core/break-causes.ts';
import type { Break, Interval, Unknown } from '../core/coverage.ts';
import { type CoverageRange, type Missing, missing, type View } from '../core/missing-coverage.ts';
import { ALL_NAMESPACES, NODES_IN_DEFAULT } from '../core/record.ts';
import { harmless } from './_text.ts';

const UNKNOWNS: Readonly<Record<Unknown, string>> = {
  revisions: 'events that came and went within it, and versions in between, stay unknown',
  frame: "that event's revision stays unknown",
};

/** `02:10–02:27` of today, with dates where they are needed. */
export function span({ from, to }: Interval, now: number): string {
  const seconds = to - from < 120_000;
  const start = clock(from, seconds);
  const end = clock(to, seconds);
  if (start === end && day(from) === day(to)) return dated(from, start, now);
  const sameDay = day(from) === day(to);
  return sameDay ? `${dated(from, start, now)}–${end}` : `${dated(from, start, now)} – ${day(to)} ${end}`;
}

function dated(instant: number, time: string, now: number): string {
  return day(instant) === day(now) ? time : `${day(instant)} ${time}`;
}

export function moment(instant: number): string {
  return `${day(instant)} ${clock(instant, true)}`;
}

function day(instant: number): string {
  const date = new Date(instant);
  return `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())}`;
}

function clock(instant: number, seconds: boolean): string {
  const date = new Date(instant);
  const time = `${two(date.getHours())}:${two(date.getMinutes())}`;
  return seconds ? `${time}:${two(date.getSeconds())}` : time;
}

function two(value: number): string {
  return String(value).padStart(2, '0');
}

/** `stopped`, or what can be said without a break. */
function cause(one: Missing, now: number): string {
  if (one.break) return one.break.cause;
  return one.to >= now ? 'until now' : 'nobody watched';
}

const MAX_NAMED = 5;

/** One line for what is missing of an answer, naming places where there are several; undefined when nothing is. */
export function missingLine(seen: readonly View[], range: CoverageRange): string | undefined {
  if (seen.length === 0) return '# not observed: no cluster was observed yet';
  const found = missing(seen, range);
  if (found.length === 0) return undefined;
  const shown = found.slice(0, MAX_NAMED).map((one) => {
    const where = seen.length > 1 ? ` in ${one.cluster}${one.scope === ALL_NAMESPACES ? '' : `/${one.scope}`}` : '';
    return `${span(one, range.now)}${harmless(where)} (${cause(one, range.now)})`;
  });
  const more = found.length - shown.length;
  return `# not observed: ${shown.join(', ')}${more > 0 ? `, and ${more} more: see tidings coverage` : ''}`;
}

/** The same in a sentence: what happened, whether it was healed, what stays unknown. */
export function explain(one: Pick<Missing, 'break' | 'to'>, now: number): string {
  if (!one.break) return one.to >= now ? 'nobody is watching' : 'nobody watched';
  return explainBreak(one.break);
}

function explainBreak({ cause: why, healed, unknown, detail }: Break): string {
  const said = `${why}: ${BREAK_CAUSES[why]}${detail ? ` (${harmless(detail)})` : ''}`;
  if (unknown === 'frame') return `${said}; ${UNKNOWNS.frame}`;
  const list = healed
    ? 'healed: what was alive at its end was read'
    : 'not healed: what was alive at its end was not read';
  return `${said}; ${list}; ${UNKNOWNS[unknown]}`;
}

export function scopeName(scope: string): string {
  if (scope === ALL_NAMESPACES) return 'all namespaces';
  return scope === NODES_IN_DEFAULT ? 'events about nodes' : `namespace ${scope}`;
}

export function lasting({ from, to }: Interval): string {
  return humanDuration(to - from);
}
