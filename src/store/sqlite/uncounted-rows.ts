/** Revisions that the hourly rollups do not count yet: see {@link HourlyWriter}. To be read with them, in one transaction. */
import type { Database, Statement } from 'better-sqlite3';
import { HOUR_MS } from './hourly-writer.ts';

export interface UncountedRow {
  readonly hour: number;
  readonly group: number;
  readonly class: number;
  readonly occurrences: number;
}

type Columns = [time: number, group: number, eventClass: number, occurrences: number];

export class UncountedRows {
  readonly #select: Statement<[from: number, before: number], Columns>;

  constructor(db: Database) {
    this.#select = db
      .prepare<[number, number], Columns>(
        `select time, event_group, (select class from group_class g where g.event_group = e.event_group), occurrences
         from event e where seq > (select counted_seq from rollup) and +time >= ? and +time < ?`,
      )
      .raw();
  }

  /** Of these hours, both included, in no order. */
  of(from: number, to: number): UncountedRow[] {
    return this.#select.all(from * HOUR_MS, (to + 1) * HOUR_MS).map(([time, group, eventClass, occurrences]) => ({
      hour: Math.floor(time / HOUR_MS),
      group,
      class: eventClass,
      occurrences,
    }));
  }
}
