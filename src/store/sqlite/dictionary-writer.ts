/** Strings that repeat, stored once: finding the id of one, and giving it one. */
import type { Database, Statement } from 'better-sqlite3';
import { bytesOfEntry, CACHE_BYTES } from './cache-bytes.ts';
import { SeenOnce } from './seen-once.ts';
import { TwoGenerationMap } from './two-generation-map.ts';

const DAY_MS = 86_400_000;
/** A longer string stays in its row: hardly any repeats, and it would take the place of many. */
const MAX_REPEATED_LENGTH = 1024;

/** The day an instant belongs to, counted from 1970. */
export function dayOf(instant: number): number {
  return Math.floor(instant / DAY_MS);
}

interface Entry {
  readonly id: number;
  newestDay: number;
}

interface EntryRow {
  readonly id: number;
  readonly newest_day: number;
}

export type DictionaryTable = 'string' | 'shape' | 'template';

/** Its ids are those of the open transaction: drop it when the transaction is rolled back. */
export class DictionaryWriter {
  readonly #cache: TwoGenerationMap<string, Entry>;
  readonly #candidates = new SeenOnce();
  readonly #select: Statement<[string], EntryRow>;
  readonly #insert: Statement<[string, number]>;
  readonly #touch: Statement<[number, number]>;

  constructor(db: Database, table: DictionaryTable) {
    this.#cache = new TwoGenerationMap(CACHE_BYTES[table], bytesOfEntry);
    this.#select = db.prepare(`select id, newest_day from ${table} where value = ?`);
    this.#insert = db.prepare(`insert into ${table} (value, newest_day) values (?, ?)`);
    this.#touch = db.prepare(`update ${table} set newest_day = ? where id = ?`);
  }

  /** `day`: that of the event that uses it. */
  id(value: string, day: number): number {
    return this.#find(value, day) ?? this.#add(value, day);
  }

  /** Undefined for a string that is seen for the first time, or is long. */
  idOfRepeated(value: string, day: number): number | undefined {
    if (value.length > MAX_REPEATED_LENGTH) return undefined;
    const id = this.#find(value, day);
    if (id !== undefined) return id;
    return this.#candidates.see(value) ? this.#add(value, day) : undefined;
  }

  #find(value: string, day: number): number | undefined {
    let entry = this.#cache.get(value);
    if (!entry) {
      const row = this.#select.get(value);
      if (!row) return undefined;
      entry = { id: row.id, newestDay: row.newest_day };
      this.#cache.set(value, entry);
    }
    if (entry.newestDay < day) {
      this.#touch.run(day, entry.id);
      entry.newestDay = day;
    }
    return entry.id;
  }

  #add(value: string, day: number): number {
    const id = Number(this.#insert.run(value, day).lastInsertRowid);
    this.#cache.set(value, { id, newestDay: day });
    return id;
  }
}
