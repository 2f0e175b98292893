/**
 * Events with more than one revision, and which of them is the latest. Changes are gathered while a transaction is open
 * and written once, before its commit.
 */
import type { Database, Statement } from 'better-sqlite3';

/** A revision, as far as it can be the latest. */
export interface SeriesRevision {
  readonly seq: number;
  readonly epoch: number;
  readonly resourceVersion: number;
  readonly time: number;
}

interface Change {
  latest: SeriesRevision;
  added: number;
}

/** Its changes are those of the open transaction: drop it when the transaction is rolled back. */
export class SeriesWriter {
  readonly #changes = new Map<number, Change>();
  readonly #upsert: Statement<
    [id: number, latest: number, epoch: number, version: number, time: number, added: number]
  >;

  constructor(db: Database) {
    // Before its row there was one revision.
    const isLater = '(excluded.epoch, excluded.resource_version) > (epoch, resource_version)';
    const later = (column: string) => `${column} = iif(${isLater}, excluded.${column}, ${column})`;
    this.#upsert = db.prepare(
      `insert into series (id, latest, epoch, resource_version, time, revisions) values (?, ?, ?, ?, ?, 1 + ?)
       on conflict do update set revisions = revisions + excluded.revisions - 1,
         ${['latest', 'epoch', 'resource_version', 'time'].map(later).join(', ')}`,
    );
  }

  /** `neighbour` is one that was stored before, next to `revision`. */
  add(id: number, revision: SeriesRevision, neighbour: SeriesRevision): void {
    const latest = isLater(revision, neighbour) ? revision : neighbour;
    const change = this.#changes.get(id);
    if (!change) this.#changes.set(id, { latest, added: 1 });
    else {
      change.added++;
      if (isLater(latest, change.latest)) change.latest = latest;
    }
  }

  flush(): void {
    for (const [id, { latest, added }] of this.#changes) {
      this.#upsert.run(id, latest.seq, latest.epoch, latest.resourceVersion, latest.time, added);
    }
    this.#changes.clear();
  }
}

function isLater(one: SeriesRevision, other: SeriesRevision): boolean {
  return (one.epoch - other.epoch || one.resourceVersion - other.resourceVersion) > 0;
}
