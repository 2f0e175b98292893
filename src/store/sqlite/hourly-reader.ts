/** What the hourly rollups count, and beside them, one by one, the revisions that they do not count yet. */
import type { Database, Statement } from 'better-sqlite3';
import { UncountedRows } from './uncounted-rows.ts';

export type HourlySum = readonly [group: number, revisions: number, occurrences: number];
export type HourlyCount = readonly [hour: number, id: number, revisions: number, occurrences: number];

/** Hours are counted from 1970-01-01T00:00:00Z, from and to included. What is given twice is to be added up. */
export class HourlyReader {
  readonly #db: Database;
  readonly #uncounted: UncountedRows;
  readonly #sums: Statement<[from: number, to: number], HourlySum>;
  readonly #ofGroups: Statement<[groups: string, from: number, to: number], HourlyCount>;
  readonly #ofClasses: Statement<[from: number, to: number], HourlyCount>;

  constructor(db: Database) {
    this.#db = db;
    this.#uncounted = new UncountedRows(db);
    this.#sums = db
      .prepare<[number, number], HourlySum>(
        `select event_group, sum(revisions), sum(occurrences) from hourly where hour between ? and ? group by event_group`,
      )
      .raw();
    // One probe an hour and group.
    this.#ofGroups = db
      .prepare<[groups: string, from: number, to: number], HourlyCount>(
        `with recursive
           wanted(id) as materialized (select value from json_each(?)),
           hours(hour) as (select ? union all select hour + 1 from hours where hour < ?)
         select hour, event_group, revisions, occurrences
         from hours cross join wanted cross join hourly using (hour) where event_group = wanted.id`,
      )
      .raw();
    this.#ofClasses = db
      .prepare<[number, number], HourlyCount>(
        'select hour, class, revisions, occurrences from hourly_class where hour between ? and ?',
      )
      .raw();
  }

  /** Of all groups. */
  sumsByGroup(from: number, to: number): HourlySum[] {
    return this.#db.transaction((): HourlySum[] => {
      const uncounted = this.#uncounted.of(from, to);
      const sums = this.#sums.all(from, to);
      return [...sums, ...uncounted.map(({ group, occurrences }): HourlySum => [group, 1, occurrences])];
    })();
  }

  ofGroups(groups: ReadonlySet<number>, from: number, to: number): HourlyCount[] {
    return this.#db.transaction((): HourlyCount[] => {
      const uncounted = this.#uncounted.of(from, to).filter(({ group }) => groups.has(group));
      const counts = this.#ofGroups.all(JSON.stringify([...groups]), from, to);
      return [
        ...counts,
        ...uncounted.map(({ hour, group, occurrences }): HourlyCount => [hour, group, 1, occurrences]),
      ];
    })();
  }

  ofAllClasses(from: number, to: number): HourlyCount[] {
    return this.#db.transaction((): HourlyCount[] => {
      const uncounted = this.#uncounted.of(from, to);
      const counts = this.#ofClasses.all(from, to);
      return [
        ...counts,
        ...uncounted.map(({ hour, eventClass, occurrences }): HourlyCount => [hour, eventClass, 1, occurrences]),
      ];
    })();
  }
}
