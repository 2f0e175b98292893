/**
 * Revisions that the hourly rollups do not count yet: see {@link HourlyWriter}. To be read with them, in one transaction.
 */
import type { Database, Statement } from 'better-sqlite3';
import { HOUR_MS } from './hourly-writer.ts';

export interface UncountedRow {
  readonly hour: number;
  readonly group: number;
  readonly eventClass: number;
  readonly occurrences: number;
}

interface Seqs {
  /** Of the last row that is counted, and of the last that is stored. */
  readonly counted: number;
  readonly last: number;
}

/** When the rows between two seqs were last seen: null where they have expired. */
interface Times extends Seqs {
  readonly oldest: number | null;
  readonly newest: number | null;
}

type Columns = [time: number, group: number, eventClass: number, occurrences: number];

const UNCOUNTED = 'seq > (select counted_seq from rollup)';

export class UncountedRows {
  readonly #seqs: Statement<[], Seqs>;
  readonly #times: Statement<[], Omit<Times, keyof Seqs>>;
  readonly #rows: Statement<[from: number, before: number], Columns>;
  /** They change with the seqs alone. */
  #known: Times = { counted: 0, last: 0, oldest: null, newest: null };

  constructor(db: Database) {
    this.#seqs = db.prepare('select counted_seq as counted, last_seq as last from rollup, store');
    this.#times = db.prepare(`select min(time) as oldest, max(time) as newest from event where ${UNCOUNTED}`);
    this.#rows = db
      .prepare<[number, number], Columns>(
        `select time, event_group, (select class from group_class g where g.event_group = e.event_group), occurrences
         from event e where ${UNCOUNTED} and +time >= ? and +time < ?`,
      )
      .raw();
  }

  /** Of these hours, both included, in no order. Hours in which there are none cost next to nothing. */
  of(fromHour: number, toHour: number): UncountedRow[] {
    const { oldest, newest } = this.#range();
    const [from, before] = [fromHour * HOUR_MS, (toHour + 1) * HOUR_MS];
    if (oldest === null || newest === null || newest < from || oldest >= before) return [];
    return this.#rows.all(from, before).map(([time, group, eventClass, occurrences]) => ({
      hour: Math.floor(time / HOUR_MS),
      group,
      eventClass,
      occurrences,
    }));
  }

  #range(): Times {
    const seqs = this.#seqs.get() ?? { counted: 0, last: 0 };
    if (seqs.counted === this.#known.counted && seqs.last === this.#known.last) return this.#known;
    const times = this.#times.get() ?? { oldest: null, newest: null };
    this.#known = { ...seqs, ...times };
    return this.#known;
  }
}
