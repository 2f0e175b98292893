import type { Database, Statement } from 'better-sqlite3';
import type { Interval } from '../../core/coverage.ts';
import { HOUR_MS } from './hourly-writer.ts';
import { UncountedRows } from './uncounted-rows.ts';

/** Looked at in one go. */
const HOURS = 200;
/** To look for more groups than these hour by hour costs more than it can save. */
const MAX_GROUPS = 100;

interface HourRow {
  readonly hour: number;
  readonly has: 0 | 1;
}

/** When events of some groups were last seen, by the hourly rollups: what is rare is found without looking at all the rest. */
export class HoursReader {
  readonly #hours: Statement<[from: number, groups: string, to: number, hours: number], HourRow>;
  readonly #uncounted: UncountedRows;

  constructor(db: Database) {
    // One step an hour: `hourly` is ordered by it.
    this.#hours = db.prepare(
      `with recursive present(hour) as (
         select min(hour) from hourly where hour >= ?
         union all
         select (select min(hour) from hourly where hour > present.hour) from present where present.hour is not null
       )
       select hour, exists (
         select 1 from json_each(?) as wanted join hourly on hourly.hour = present.hour and event_group = wanted.value
       ) as has
       from present where hour <= ? limit ?`,
    );
    this.#uncounted = new UncountedRows(db);
  }

  /** Ascending and disjoint, all that there may be of them between two instants. Each step reads the store by `snapshot`. */
  *ranges(
    groups: ReadonlySet<number> | undefined,
    range: Interval,
    snapshot: <T>(read: () => T) => T,
  ): Generator<Interval> {
    if (!groups || groups.size > MAX_GROUPS) {
      yield range;
      return;
    }
    if (groups.size === 0) return;
    const wanted = JSON.stringify([...groups]);
    const until = Math.floor(range.to / HOUR_MS);
    for (let from = Math.floor(range.from / HOUR_MS); from <= until; ) {
      const begun = from;
      const { hours, reached } = snapshot(() => {
        const rows = this.#hours.all(begun, wanted, until, HOURS);
        const reached = rows.length < HOURS ? until : (rows.at(-1)?.hour ?? until);
        const uncounted = this.#uncounted.of(begun, reached).filter(({ group }) => groups.has(group));
        const present = [...rows.filter(({ has }) => has === 1), ...uncounted].map(({ hour }) => hour);
        return { hours: new Set(present.toSorted((a, b) => a - b)), reached };
      });
      for (const { first, last } of runsOf(hours)) {
        yield { from: Math.max(first * HOUR_MS, range.from), to: Math.min((last + 1) * HOUR_MS - 1, range.to) };
      }
      from = reached + 1;
    }
  }
}

/** Hours in a row. */
function runsOf(hours: Iterable<number>): { readonly first: number; readonly last: number }[] {
  const runs: { first: number; last: number }[] = [];
  for (const hour of hours) {
    const run = runs.at(-1);
    if (run?.last === hour - 1) run.last = hour;
    else runs.push({ first: hour, last: hour });
  }
  return runs;
}
