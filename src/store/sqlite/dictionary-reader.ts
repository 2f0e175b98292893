import type { Database, Statement } from 'better-sqlite3';
import { AppError } from '../../core/errors.ts';
import { TwoGenerationMap } from './two-generation-map.ts';

export interface DictionaryOptions<Row, T> {
  readonly table: 'string' | 'template' | 'shape' | 'object' | 'event_group';
  readonly columns: string;
  readonly parse: (row: Row) => T;
  readonly cacheBytes: number;
  readonly sizeOf: (value: T) => number;
}

/** Below this many, one by one costs no more. */
const TOGETHER = 4;

/** What repeats across events, by its id, remembered within bounds. Inside an open read transaction. */
export class DictionaryReader<Row, T> {
  readonly #options: DictionaryOptions<Row, T>;
  readonly #one: Statement<[number], Row>;
  readonly #many: Statement<[string], Row & { readonly id: number }>;
  #known: TwoGenerationMap<number, T>;

  constructor(db: Database, options: DictionaryOptions<Row, T>) {
    const { table, columns } = options;
    this.#options = options;
    this.#one = db.prepare(`select ${columns} from ${table} where id = ?`);
    this.#many = db.prepare(`select id, ${columns} from ${table} where id in (select value from json_each(?))`);
    this.#known = this.#empty();
  }

  /** Throws STORE_DAMAGED when there is none. */
  value(id: number): T {
    const known = this.#known.get(id);
    if (known !== undefined) return known;
    const row = this.#one.get(id);
    if (!row) throw missing(this.#options.table, id);
    return this.#remember(id, row);
  }

  /** Reads what is not known yet: together costs a fifth of one by one. Of no more ids than are remembered. */
  prefetch(ids: Iterable<number>): void {
    const unknown = new Set<number>();
    for (const id of ids) if (this.#known.get(id) === undefined) unknown.add(id);
    if (unknown.size < TOGETHER) return;
    for (const row of this.#many.all(JSON.stringify([...unknown]))) this.#remember(row.id, row);
  }

  forget(): void {
    this.#known = this.#empty();
  }

  #remember(id: number, row: Row): T {
    const value = this.#options.parse(row);
    this.#known.set(id, value);
    return value;
  }

  #empty(): TwoGenerationMap<number, T> {
    const { cacheBytes, sizeOf } = this.#options;
    return new TwoGenerationMap(cacheBytes, (_, value) => sizeOf(value));
  }
}

function missing(table: string, id: number): AppError {
  return new AppError('STORE_DAMAGED', `read a stored event: found no ${table} ${id}, want the one it refers to`);
}
