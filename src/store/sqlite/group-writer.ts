/** Groups: what filters select and rollups count by. */
import type { Database, Statement } from 'better-sqlite3';
import { bytesOfEntry, CACHE_BYTES } from './cache-bytes.ts';
import { TwoGenerationMap } from './two-generation-map.ts';

export interface GroupKey {
  readonly namespace: string;
  readonly type: string;
  readonly reason: string;
  readonly kind: string;
}

interface Entry {
  readonly id: number;
  newestDay: number;
}

type KeyColumns = [cluster: number, namespace: string, type: string, reason: string, kind: string];

/** Its ids are those of the open transaction: drop it when the transaction is rolled back. */
export class GroupWriter {
  readonly #cache = new TwoGenerationMap<string, Entry>(CACHE_BYTES.group, bytesOfEntry);
  readonly #select: Statement<KeyColumns, { id: number; newest_day: number }>;
  readonly #insert: Statement<[...KeyColumns, number]>;
  readonly #touch: Statement<[number, number]>;

  constructor(db: Database) {
    this.#select = db.prepare(
      'select id, newest_day from event_group where cluster = ? and namespace = ? and type = ? and reason = ? and kind = ?',
    );
    this.#insert = db.prepare(
      'insert into event_group (cluster, namespace, type, reason, kind, newest_day) values (?, ?, ?, ?, ?, ?)',
    );
    this.#touch = db.prepare('update event_group set newest_day = ? where id = ?');
  }

  id(cluster: number, { namespace, type, reason, kind }: GroupKey, day: number): number {
    const key = [cluster, namespace, type, reason, kind].join('\0');
    let entry = this.#cache.get(key);
    if (!entry) {
      entry = this.#load([cluster, namespace, type, reason, kind], day);
      this.#cache.set(key, entry);
    }
    if (entry.newestDay < day) {
      this.#touch.run(day, entry.id);
      entry.newestDay = day;
    }
    return entry.id;
  }

  #load(key: KeyColumns, day: number): Entry {
    const row = this.#select.get(...key);
    if (row) return { id: row.id, newestDay: row.newest_day };
    return { id: Number(this.#insert.run(...key, day).lastInsertRowid), newestDay: day };
  }
}
