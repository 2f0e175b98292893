/**
 * Writes the index of words, many revisions at once: one at a time costs three times as much. What is not written yet is
 * in memory, or, after a restart, read back; until then whoever searches reads those events themselves. Inside the open
 * transaction.
 */
import type { Database, Statement } from 'better-sqlite3';
import { foldWords } from '../../core/words.ts';
import { CACHE_BYTES } from './cache-bytes.ts';
import type { GroupKey } from './group-writer.ts';
import { TwoGenerationMap } from './two-generation-map.ts';
import { BLOCK_ROWS, createTable, GROUP_FIELDS, groupToken, tableName, tableOf } from './word-tables.ts';

/** Some milliseconds' work. */
const ROWS_AT_ONCE = 4_000;
const PENDING_BYTES = 1024 * 1024;

export interface IndexedRevision {
  readonly seq: number;
  readonly time: number;
  readonly group: number;
  readonly key: GroupKey;
  readonly message: string;
}

/** What is in memory is that of the open transaction: drop it when the transaction is rolled back. */
export class WordIndexWriter {
  readonly #db: Database;
  readonly #setIndexed: Statement<[number]>;
  readonly #setBlock: Statement<[number, number, number]>;
  readonly #tokens = new TwoGenerationMap<number, string>(CACHE_BYTES.tokens, (_, tokens) => 50 + tokens.length);
  /** As bytes: strings that live this long would be moved by the collector of garbage. */
  readonly #texts = Buffer.allocUnsafe(PENDING_BYTES);
  readonly #ends = new Uint32Array(ROWS_AT_ONCE);
  readonly #times = new Float64Array(ROWS_AT_ONCE);
  #pending = 0;
  #indexed: number;
  #insert: { readonly table: number; readonly statement: Statement<[number, Buffer]> } | undefined;

  constructor(db: Database) {
    this.#db = db;
    this.#setIndexed = db.prepare('update word_index set indexed_seq = ?');
    this.#setBlock = db.prepare(
      `insert into word_block values (?, ?, ?) on conflict do update set
         first_time = min(first_time, excluded.first_time), last_time = max(last_time, excluded.last_time)`,
    );
    this.#indexed = db.prepare<[], { seq: number }>('select indexed_seq as seq from word_index').get()?.seq ?? 0;
  }

  /** Up to which seq everything is indexed or pending. */
  get reached(): number {
    return this.#indexed + this.#pending;
  }

  /** To be called for each revision as it is stored. What comes after one that is missing is read back later. */
  add(seq: number, revision: Omit<IndexedRevision, 'seq'>): void {
    if (seq !== this.reached + 1) return;
    const text = this.#textOf(revision);
    // No character of UTF-16 takes more than 3 bytes of UTF-8.
    if (this.#pending === ROWS_AT_ONCE || this.#end() + text.length * 3 > PENDING_BYTES) this.write();
    if (text.length * 3 > PENDING_BYTES) {
      this.#index([{ seq, time: revision.time, text: Buffer.from(text) }]);
      this.#setReached(seq);
      return;
    }
    const end = this.#end();
    this.#ends[this.#pending] = end + this.#texts.write(text, end);
    this.#times[this.#pending] = revision.time;
    this.#pending++;
  }

  /** To be called before the commit. */
  flush(): void {
    if (this.#pending === ROWS_AT_ONCE) this.write();
  }

  /** Writes what is pending. */
  write(): void {
    if (this.#pending === 0) return;
    this.#index(this.#texted());
    this.#setReached(this.reached);
  }

  /** Indexes what was read back: all there is from `reached` on up to a seq. */
  catchUp(revisions: readonly IndexedRevision[], upTo: number): void {
    this.write();
    const texts = revisions.map((one) => ({ ...one, text: Buffer.from(this.#textOf(one)) }));
    this.#index(texts);
    this.#setReached(upTo);
  }

  #end(): number {
    return this.#ends[this.#pending - 1] ?? 0;
  }

  *#texted(): Generator<Texted> {
    let start = 0;
    for (let index = 0; index < this.#pending; index++) {
      const end = this.#ends[index] ?? start;
      yield {
        seq: this.#indexed + index + 1,
        time: this.#times[index] ?? 0,
        text: this.#texts.subarray(start, end),
      };
      start = end;
    }
  }

  #index(texts: Iterable<Texted>): void {
    let block = -1;
    let [first, last] = [0, 0];
    for (const { seq, time, text } of texts) {
      this.#insertInto(tableOf(seq)).run(seq, text);
      const own = Math.floor(seq / BLOCK_ROWS);
      if (own === block) {
        first = Math.min(first, time);
        last = Math.max(last, time);
        continue;
      }
      if (block >= 0) this.#setBlock.run(block, first, last);
      block = own;
      first = last = time;
    }
    if (block >= 0) this.#setBlock.run(block, first, last);
  }

  #setReached(seq: number): void {
    this.#setIndexed.run(seq);
    this.#indexed = seq;
    this.#pending = 0;
  }

  #insertInto(table: number): Statement<[number, Buffer]> {
    if (this.#insert?.table !== table) {
      createTable(this.#db, table);
      const sql = `insert into ${tableName(table)} (rowid, text) values (?, ?)`;
      this.#insert = { table, statement: this.#db.prepare<[number, Buffer]>(sql) };
    }
    return this.#insert.statement;
  }

  #textOf({ group, key, message }: Omit<IndexedRevision, 'seq'>): string {
    let tokens = this.#tokens.get(group);
    if (tokens === undefined) {
      tokens = GROUP_FIELDS.map((field) => `${groupToken(field, key[field])} `).join('');
      this.#tokens.set(group, tokens);
    }
    return tokens + foldWords(message);
  }
}

interface Texted {
  readonly seq: number;
  readonly time: number;
  readonly text: Buffer;
}
