/** Groups: what filters select and rollups count by. And classes: groups whatever their namespace. */
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

type ClassColumns = [cluster: number, type: string, reason: string, kind: string];
type KeyColumns = [cluster: number, namespace: string, type: string, reason: string, kind: string];

/** Its ids are those of the open transaction: drop it when the transaction is rolled back. */
export class GroupWriter {
  readonly #cache = new TwoGenerationMap<string, Entry>(CACHE_BYTES.group, bytesOfEntry);
  readonly #select: Statement<KeyColumns, { id: number; newest_day: number }>;
  readonly #insert: Statement<[...KeyColumns, number]>;
  readonly #touch: Statement<[number, number]>;
  readonly #selectClass: Statement<ClassColumns, { id: number }>;
  readonly #insertClass: Statement<ClassColumns>;
  readonly #setClass: Statement<[group: number, id: number]>;

  constructor(db: Database) {
    this.#select = db.prepare(
      'select id, newest_day from event_group where cluster = ? and namespace = ? and type = ? and reason = ? and kind = ?',
    );
    this.#insert = db.prepare(
      'insert into event_group (cluster, namespace, type, reason, kind, newest_day) values (?, ?, ?, ?, ?, ?)',
    );
    this.#touch = db.prepare('update event_group set newest_day = ? where id = ?');
    this.#selectClass = db.prepare(
      'select id from event_class where cluster = ? and type = ? and reason = ? and kind = ?',
    );
    this.#insertClass = db.prepare('insert into event_class (cluster, type, reason, kind) values (?, ?, ?, ?)');
    this.#setClass = db.prepare('insert into group_class values (?, ?)');
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
    const id = Number(this.#insert.run(...key, day).lastInsertRowid);
    const [cluster, , type, reason, kind] = key;
    this.#setClass.run(id, this.#class([cluster, type, reason, kind]));
    return { id, newestDay: day };
  }

  #class(columns: ClassColumns): number {
    return this.#selectClass.get(...columns)?.id ?? Number(this.#insertClass.run(...columns).lastInsertRowid);
  }
}
