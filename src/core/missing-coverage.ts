/** What of a range nobody observed, for the answer to a query. */
import { type Break, gaps, type Interval, type ScopeCoverage, unite } from './coverage.ts';
import { ALL_NAMESPACES, NODES_IN_DEFAULT } from './record.ts';

/**
 * An observer confirms a silent scope only when its watch has ended well: every three minutes, for the time up to a
 * refresh before that. Until then the end of the range is not yet a gap.
 */
export const CONFIRMED_WITHIN_MS = 300_000;

/** A part of a cluster as a query sees it. */
export interface View {
  readonly cluster: string;
  /** A namespace, or `*`: all of them. */
  readonly scope: string;
  readonly observed: readonly Interval[];
  readonly breaks: readonly Break[];
}

/** A stretch that was not observed, or of which something stays unknown. */
export interface Missing extends Interval {
  readonly cluster: string;
  readonly scope: string;
  /** The break that explains it; none is known while it lasts, nor for the time before anybody watched. */
  readonly break?: Break;
}

/** What was asked for. Without `since`, each view begins with its first observation. */
export interface CoverageRange {
  readonly since?: number;
  readonly until?: number;
  readonly now: number;
}

export interface ViewFilter {
  readonly namespaces?: readonly string[];
  /** Events about nodes lie in `default`, and may have an observer of their own. */
  readonly nodes?: boolean;
}

/**
 * The ledger's scopes as the filter sees them: one view a namespace asked for; else one of all namespaces where those
 * were ever observed together; else one a scope.
 */
export function views(scopes: readonly ScopeCoverage[], filter: ViewFilter): View[] {
  return [...Map.groupBy(scopes, ({ cluster }) => cluster).values()].flatMap((ofCluster) => {
    const whole = ofCluster.some(({ scope }) => scope === ALL_NAMESPACES);
    const wanted = filter.namespaces ?? (whole ? [ALL_NAMESPACES] : ofCluster.map(({ scope }) => scope));
    return wanted.map((scope) => {
      const part = ofCluster.filter(
        (one) =>
          one.scope === ALL_NAMESPACES || one.scope === scope || (filter.nodes && one.scope === NODES_IN_DEFAULT),
      );
      return {
        cluster: ofCluster[0]?.cluster ?? '',
        scope,
        observed: unite(part.flatMap(({ intervals }) => intervals)),
        breaks: part.flatMap(({ breaks }) => breaks),
      };
    });
  });
}

/**
 * What is missing within a range, ascending. Without `since` it begins with each view's first observation: nobody
 * expects to read what was before.
 */
export function missing(seen: readonly View[], { since, until, now }: CoverageRange): Missing[] {
  const to = Math.min(until ?? now, now);
  const found = seen.flatMap(({ cluster, scope, observed, breaks }): Missing[] => {
    const from = since ?? observed[0]?.from ?? to;
    if (from > to) return [];
    const unobserved = gaps({ from, to }, observed).filter(
      (gap) => gap.to < now || gap.to - gap.from > CONFIRMED_WITHIN_MS || observed.length === 0,
    );
    const explained = unobserved.flatMap((gap) =>
      split(
        gap,
        breaks.filter((one) => overlaps(one, gap)),
      ),
    );
    // A break without a stretch of its own, such as one frame that was skipped.
    const alone = breaks.filter(
      (one) =>
        (one.unknown === 'frame' || one.from === one.to) &&
        one.to >= from &&
        one.from <= to &&
        !unobserved.some((gap) => overlaps(one, gap)),
    );
    const all = [...explained, ...alone.map((one) => ({ from: one.from, to: one.to, break: one }))];
    return all.map((one) => ({ cluster, scope, ...one }));
  });
  return found.toSorted((a, b) => a.from - b.from);
}

/** What of the intervals lies within a range. */
export function clip(intervals: readonly Interval[], { from, to }: Interval): Interval[] {
  return intervals
    .filter((one) => one.to >= from && one.from <= to)
    .map((one) => ({ from: Math.max(one.from, from), to: Math.min(one.to, to) }));
}

/** A gap by the breaks within it, and what none of them explains. */
function split(gap: Interval, breaks: readonly Break[]): (Interval & { break?: Break })[] {
  const parts = breaks.map((one) => ({
    from: Math.max(gap.from, one.from),
    to: Math.min(gap.to, one.to),
    break: one,
  }));
  return [...parts, ...gaps(gap, unite(parts))].toSorted((a, b) => a.from - b.from);
}

function overlaps(a: Interval, b: Interval): boolean {
  return a.from < b.to && a.to > b.from;
}
