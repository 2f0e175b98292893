/** The coverage ledger: observed intervals united as they come, and breaks. */
import type { Database, Statement } from 'better-sqlite3';
import { type Break, type Interval, type ScopeCoverage, unite } from '../../core/coverage.ts';
import type { Scope } from '../../core/record.ts';

interface IntervalRow {
  readonly start_ms: number;
  readonly end_ms: number;
}

/** Inside the open transaction. */
export class CoverageWriter {
  readonly #before: Statement<[number, string, number], IntervalRow>;
  readonly #delete: Statement<[number, string, number]>;
  readonly #insert: Statement<[number, string, number, number]>;
  readonly #upsertBreak: Statement<[number, string, number, string, number, number, string, string | null]>;

  constructor(db: Database) {
    this.#before = db.prepare(
      `select start_ms, end_ms from observed where cluster = +? and scope = +? and start_ms <= ?
       order by start_ms desc limit 1`,
    );
    this.#delete = db.prepare('delete from observed where cluster = ? and scope = ? and start_ms = ?');
    this.#insert = db.prepare('insert into observed (cluster, scope, start_ms, end_ms) values (?, ?, ?, ?)');
    // Whatever the order in which versions of one break arrive, the same one stays: a healed one, else the longer one.
    this.#upsertBreak = db.prepare(
      `insert into interruption (cluster, scope, start_ms, cause, end_ms, healed, unknown, detail)
       values (?, ?, ?, ?, ?, ?, ?, ?)
       on conflict do update set
         end_ms = excluded.end_ms, healed = excluded.healed, unknown = excluded.unknown, detail = excluded.detail
       where (excluded.healed, excluded.end_ms, excluded.unknown, ifnull(excluded.detail, ''))
         > (healed, end_ms, unknown, ifnull(detail, ''))`,
    );
  }

  observe(cluster: number, scope: Scope, { from, to }: Interval): void {
    let united = { from, to };
    for (;;) {
      // Stored intervals are disjoint: those that touch this one are the last ones that begin before its end.
      const row = this.#before.get(cluster, scope, united.to);
      if (!row || row.end_ms < united.from) break;
      if (row.start_ms <= united.from && row.end_ms >= united.to) return;
      united = { from: Math.min(united.from, row.start_ms), to: Math.max(united.to, row.end_ms) };
      this.#delete.run(cluster, scope, row.start_ms);
    }
    this.#insert.run(cluster, scope, united.from, united.to);
  }

  interrupt(cluster: number, scope: Scope, { from, to, cause, healed, unknown, detail }: Break): void {
    this.#upsertBreak.run(cluster, scope, from, cause, to, healed ? 1 : 0, unknown, detail ?? null);
  }
}

interface ScopeRow {
  readonly id: number;
  readonly name: string;
  readonly scope: string;
}

interface BreakRow extends IntervalRow {
  readonly cause: Break['cause'];
  readonly healed: number;
  readonly unknown: Break['unknown'];
  readonly detail: string | null;
}

/** Scopes by cluster and name; intervals cut to the range, breaks that reach into it as they are. */
export function readCoverage(db: Database, range: Interval): ScopeCoverage[] {
  const scopes = db.prepare<[], ScopeRow>(
    `select id, name, scope from cluster join (
       select cluster, scope from position union select cluster, scope from observed
       union select cluster, scope from interruption
     ) on cluster = id`,
  );
  const intervals = db.prepare<[number, string, number, number], IntervalRow>(
    'select start_ms, end_ms from observed where cluster = ? and scope = ? and start_ms <= ? and end_ms >= ?',
  );
  const breaks = db.prepare<[number, string, number, number], BreakRow>(
    `select * from interruption where cluster = ? and scope = ? and start_ms <= ? and end_ms >= ?
     order by start_ms, cause`,
  );
  return scopes
    .all()
    .map(({ id, name, scope }) => ({
      cluster: name,
      scope,
      intervals: unite(
        intervals.all(id, scope, range.to, range.from).map(({ start_ms, end_ms }) => ({
          from: Math.max(start_ms, range.from),
          to: Math.min(end_ms, range.to),
        })),
      ),
      breaks: breaks.all(id, scope, range.to, range.from).map(toBreak),
    }))
    .toSorted((a, b) => compare(a.cluster, b.cluster) || compare(a.scope, b.scope));
}

function toBreak({ start_ms, end_ms, cause, healed, unknown, detail }: BreakRow): Break {
  const fields = { from: start_ms, to: end_ms, cause, healed: healed === 1, unknown };
  return detail === null ? fields : { ...fields, detail };
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
