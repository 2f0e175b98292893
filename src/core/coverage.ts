/** The coverage ledger: when somebody was looking, and what is not known because nobody was. Instants in milliseconds. */
import type { Scope } from './record.ts';

/** Both ends belong to it; `from` may equal `to`. */
export interface Interval {
  readonly from: number;
  readonly to: number;
}

/** Why observation was interrupted, or is incomplete. */
export type BreakCause =
  /** Tidings was not running. */
  | 'stopped'
  /** The API server could not be reached, or answered with errors. */
  | 'unreachable'
  /** Credentials or RBAC did not allow it. */
  | 'refused'
  /** The server had compacted the position away while the watch was idle or slow. */
  | 'expired'
  /** The cluster's resourceVersions went back: etcd restored, or the cluster rebuilt under its name. */
  | 'rewound'
  /** A frame above the size limit was skipped. */
  | 'oversized'
  /** A frame that is not an event was skipped. */
  | 'invalid';

/** What is not known about a break, even after it was healed. */
export type Unknown =
  /** Intermediate revisions, and events that were written and gone again within the break. */
  | 'revisions'
  /** One event's revision. */
  | 'frame';

/** An interruption after which something stays unknown. One that a resumed watch filled completely is none. */
export interface Break extends Interval {
  readonly cause: BreakCause;
  /** True once a list had brought every event alive at `to` at its latest revision. */
  readonly healed: boolean;
  readonly unknown: Unknown;
  /** For people: the error or the size, never a secret. */
  readonly detail?: string;
}

/** What is known about how completely one scope was observed within a range. */
export interface ScopeCoverage {
  readonly cluster: string;
  readonly scope: Scope;
  /** Ascending and disjoint. */
  readonly intervals: readonly Interval[];
  /** Ascending by `from`. */
  readonly breaks: readonly Break[];
}

/** The union of intervals: ascending, disjoint, those that touch joined. */
export function unite(intervals: readonly Interval[]): Interval[] {
  const sorted = intervals.toSorted((a, b) => a.from - b.from);
  const united: { from: number; to: number }[] = [];
  for (const { from, to } of sorted) {
    const last = united.at(-1);
    if (last && from <= last.to) last.to = Math.max(last.to, to);
    else united.push({ from, to });
  }
  return united;
}

/** What of `range` lies in none of `intervals` (ascending and disjoint), ascending. */
export function gaps(range: Interval, intervals: readonly Interval[]): Interval[] {
  const found: Interval[] = [];
  let from = range.from;
  for (const interval of intervals) {
    if (interval.to < from || interval.from > range.to) continue;
    if (interval.from > from) found.push({ from, to: interval.from });
    from = interval.to;
  }
  if (from < range.to) found.push({ from, to: range.to });
  return found;
}
