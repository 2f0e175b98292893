/**
 * Candidates by their words, some at a time, from one end of time to the other. The index is by seq, which follows time but
 * for lists and imports: blocks of seqs are taken in the order of when their events were last seen, and after each round
 * it is known up to when all candidates were given.
 */
import type { Database, Statement } from 'better-sqlite3';
import type { Interval } from '../../core/coverage.ts';
import { BLOCK_ROWS, BLOCKS_A_TABLE, hasTable, tableName } from './word-tables.ts';

/** Revisions that may not be indexed yet: as many more are candidates. */
const MAX_TAIL = 20_000;
/** So many candidates are wanted of a round. */
const CANDIDATES = 1_000;
/** How much more may be looked at than in the round before, up to a whole table: the beginning of a word costs as much a round. */
const GROWTH = 16;

interface Block {
  readonly block: number;
  readonly first: number;
  readonly last: number;
}

export interface Round {
  readonly seqs: readonly number[];
  /** Later ones were all given, or earlier ones when they are given oldest first; absent at the end. */
  readonly frontier?: number;
}

export interface RoundsOptions {
  /** By last seen. */
  readonly range: Interval;
  readonly oldestFirst: boolean;
  /** Nothing behind this seq is wanted. */
  readonly snapshot: number;
}

export class WordIndexReader {
  readonly #db: Database;
  readonly #indexed: Statement<[], { seq: number }>;
  readonly #tail: Statement<[number, number], { seq: number }>;
  readonly #blocks: Statement<[from: number, to: number], Block>;

  constructor(db: Database) {
    this.#db = db;
    this.#indexed = db.prepare('select indexed_seq as seq from word_index');
    this.#tail = db.prepare('select seq from event where seq > ? and seq <= ?');
    this.#blocks = db.prepare(
      'select block, first_time as first, last_time as last from word_block where last_time >= ? and first_time <= ?',
    );
  }

  /** Whether the index is near enough to what is stored. */
  isUsable(snapshot: number): boolean {
    return snapshot - (this.#indexed.get()?.seq ?? 0) <= MAX_TAIL;
  }

  *rounds(match: string, { range, oldestFirst, snapshot }: RoundsOptions): Generator<Round> {
    const indexed = Math.min(snapshot, this.#indexed.get()?.seq ?? 0);
    const edge = (block: Block): number => (oldestFirst ? block.first : -block.last);
    const blocks = this.#blocks.all(range.from, range.to).toSorted((a, b) => edge(a) - edge(b));
    let seqs = this.#tail.all(indexed, snapshot).map(({ seq }) => seq);
    let size = 1;
    for (let start = 0; ; start += size) {
      const next = blocks[start];
      yield { seqs, ...(next && { frontier: oldestFirst ? next.first : next.last }) };
      if (!next) return;
      if (start > 0) size = sizeAfter(size, seqs.length);
      seqs = this.#find(match, blocks.slice(start, start + size), indexed);
    }
  }

  #find(match: string, blocks: readonly Block[], upTo: number): number[] {
    return runsOf(blocks).flatMap(({ from, to }) => {
      const table = Math.floor(from / BLOCKS_A_TABLE);
      if (!hasTable(this.#db, table)) return [];
      const name = tableName(table);
      return this.#db
        .prepare<[string, number, number], number>(
          `select rowid from ${name} where ${name} match ? and rowid between ? and ?`,
        )
        .pluck()
        .all(match, from * BLOCK_ROWS, Math.min(upTo, (to + 1) * BLOCK_ROWS - 1));
    });
  }
}

function sizeAfter(size: number, found: number): number {
  const wanted = found === 0 ? size * GROWTH : Math.floor((size * CANDIDATES) / found);
  return Math.max(1, Math.min(wanted, size * GROWTH, BLOCKS_A_TABLE));
}

/** Blocks in a row, of one table. */
function runsOf(blocks: readonly Block[]): Interval[] {
  const runs: { from: number; to: number }[] = [];
  for (const block of blocks.map((one) => one.block).toSorted((a, b) => a - b)) {
    const run = runs.at(-1);
    if (run?.to === block - 1 && block % BLOCKS_A_TABLE !== 0) run.to = block;
    else runs.push({ from: block, to: block });
  }
  return runs;
}
