/** The hourly rollup: changes are summed while a transaction is open and written once, before its commit. */
import type { Database, Statement } from 'better-sqlite3';

export const HOUR_MS = 3_600_000;

interface Change {
  revisions: number;
  occurrences: number;
}

/** Its sums are those of the open transaction: drop it when the transaction is rolled back. */
export class HourlyWriter {
  readonly #changes = new Map<number, Map<number, Change>>();
  readonly #upsert: Statement<[number, number, number, number]>;
  readonly #deleteEmpty: Statement<[number, number]>;

  constructor(db: Database) {
    this.#upsert = db.prepare(
      `insert into hourly (hour, event_group, revisions, occurrences) values (?, ?, ?, ?)
       on conflict do update set
         revisions = revisions + excluded.revisions, occurrences = occurrences + excluded.occurrences`,
    );
    this.#deleteEmpty = db.prepare('delete from hourly where hour = ? and event_group = ? and revisions = 0');
  }

  add(time: number, group: number, revisions: number, occurrences: number): void {
    const hour = Math.floor(time / HOUR_MS);
    let groups = this.#changes.get(hour);
    if (!groups) {
      groups = new Map();
      this.#changes.set(hour, groups);
    }
    const change = groups.get(group);
    if (change) {
      change.revisions += revisions;
      change.occurrences += occurrences;
    } else groups.set(group, { revisions, occurrences });
  }

  flush(): void {
    for (const [hour, groups] of this.#changes) {
      for (const [group, { revisions, occurrences }] of groups) {
        this.#upsert.run(hour, group, revisions, occurrences);
        if (revisions < 0) this.#deleteEmpty.run(hour, group);
      }
    }
    this.#changes.clear();
  }
}
