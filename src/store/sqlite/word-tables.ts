/**
 * The index of words: full-text tables without content, one for each million of seqs, so that retention drops a whole one
 * in place of deleting from it, which takes the text again. Beside its message each document has tokens for what filters
 * ask of groups: a word that is common is then not looked up where a filter excludes it.
 * https://www.sqlite.org/fts5.html#contentless_tables
 */
import type { Database } from 'better-sqlite3';
import { RESERVED } from '../../core/words.ts';

const TABLE_BITS = 20;
/** Of which it is known when their events were last seen. */
export const BLOCK_ROWS = 4_096;
export const BLOCKS_A_TABLE = 2 ** TABLE_BITS / BLOCK_ROWS;

export function tableOf(seq: number): number {
  return Math.floor(seq / 2 ** TABLE_BITS);
}

export function tableName(table: number): string {
  return `words_${table}`;
}

export function createTable(db: Database, table: number): void {
  if (hasTable(db, table)) return;
  const name = tableName(table);
  db.exec(`create virtual table ${name} using fts5(text, content='', detail=none, columnsize=0, tokenize='ascii')`);
  // Merging twice as many segments at a time takes a fifth off writing, and nothing to speak of from reading.
  db.exec(`insert into ${name} (${name}, rank) values ('automerge', 8)`);
}

export function hasTable(db: Database, table: number): boolean {
  return db.prepare('select 1 from sqlite_schema where name = ?').get(tableName(table)) !== undefined;
}

/** Drops what is before all that is stored. */
export function dropExpiredTables(db: Database): void {
  const oldest = db.prepare<[], { seq: number | null }>('select min(seq) as seq from event').get()?.seq;
  if (typeof oldest !== 'number') return;
  const names = db.prepare<[], { name: string }>("select name from sqlite_schema where name glob 'words_[0-9]*'").all();
  for (const { name } of names) {
    const table = /^words_(\d+)$/.exec(name)?.[1];
    if (table !== undefined && Number(table) < tableOf(oldest)) db.exec(`drop table ${name}`);
  }
  db.prepare('delete from word_block where block < ?').run(Math.floor(oldest / BLOCK_ROWS));
}

/** What filters decide by groups. */
export const GROUP_FIELDS = ['namespace', 'type', 'reason', 'kind'] as const;

export type GroupField = (typeof GROUP_FIELDS)[number];

/** Of what stands in no message: see {@link RESERVED}. Values that differ in case have the same. */
export function groupToken(field: GroupField, value: string): string {
  return `${RESERVED}${field.charAt(0)}${value.replaceAll(/[^0-9A-Za-z\u{80}-\u{10FFFF}]/gu, '\uE001')}`;
}

export function without(values: ReadonlySet<string>, others: ReadonlySet<string>): Set<string> {
  return new Set([...values].filter((value) => !others.has(value)));
}
