import type { Database } from 'better-sqlite3';
import type { DeadLetter, DeliveryGap, DeliveryLedger, StoredDeadLetter } from '../../component/delivery-ledger.ts';
import type { FailureReason } from '../../component/sink.ts';
import type { EventRecord } from '../../core/record.ts';
import type { Connection } from './connection.ts';
import { storeError } from './store-error.ts';

interface DeadLetterRow {
  readonly id: number;
  readonly sink: string;
  readonly key: string;
  readonly at: number;
  readonly reason: FailureReason;
  readonly problem: string;
  readonly record: string;
}

const COLUMNS = 'id, sink, key, at, reason, problem, record';

/** The delivery ledger in the store's file; on a connection for reading, what writes rejects with STORE_READ_ONLY. */
export class SqliteDeliveryLedger implements DeliveryLedger {
  readonly #connection: Connection;
  readonly #db: Database;

  constructor(connection: Connection) {
    this.#connection = connection;
    this.#db = connection.db;
  }

  async addDeadLetters(letters: readonly DeadLetter[]): Promise<void> {
    this.#write('record dead letters in', () => {
      const insert = this.#db.prepare(
        `insert into dead_letter (sink, key, at, reason, problem, record) values (?, ?, ?, ?, ?, ?)
         on conflict (sink, key) do update
         set at = excluded.at, reason = excluded.reason, problem = excluded.problem, record = excluded.record`,
      );
      for (const { sink, key, at, failure, record } of letters) {
        insert.run(sink, key, at, failure.reason, failure.problem, JSON.stringify(record));
      }
    });
  }

  async deadLetters(query: {
    readonly sink?: string;
    readonly after?: number;
    readonly limit: number;
  }): Promise<readonly StoredDeadLetter[]> {
    const { sink = null, after = 0, limit } = query;
    return this.#read(() =>
      this.#db
        .prepare<[number, string | null, string | null, number], DeadLetterRow>(
          `select ${COLUMNS} from dead_letter where id > ? and (? is null or sink = ?) order by id limit ?`,
        )
        .all(after, sink, sink, limit)
        .map(toDeadLetter),
    );
  }

  async deadLetter(id: number): Promise<StoredDeadLetter | undefined> {
    return this.#read(() => {
      const row = this.#db.prepare<[number], DeadLetterRow>(`select ${COLUMNS} from dead_letter where id = ?`).get(id);
      return row && toDeadLetter(row);
    });
  }

  async deadLetterOf(sink: string, key: string): Promise<StoredDeadLetter | undefined> {
    return this.#read(() => {
      const row = this.#db
        .prepare<[string, string], DeadLetterRow>(`select ${COLUMNS} from dead_letter where sink = ? and key = ?`)
        .get(sink, key);
      return row && toDeadLetter(row);
    });
  }

  async deadLetterCounts(): Promise<ReadonlyMap<string, number>> {
    return this.#read(() => {
      const rows = this.#db
        .prepare<[], { sink: string; count: number }>('select sink, count(*) as count from dead_letter group by sink')
        .all();
      return new Map(rows.map(({ sink, count }) => [sink, count]));
    });
  }

  async removeDeadLetters(ids: readonly number[]): Promise<void> {
    this.#write('remove dead letters from', () => {
      const remove = this.#db.prepare('delete from dead_letter where id = ?');
      for (const id of ids) remove.run(id);
    });
  }

  async setPaused(sink: string, paused: boolean): Promise<void> {
    this.#write('pause a sink in', () => {
      if (paused) this.#db.prepare('insert or ignore into paused_sink values (?)').run(sink);
      else this.#db.prepare('delete from paused_sink where name = ?').run(sink);
    });
  }

  async paused(): Promise<ReadonlySet<string>> {
    return this.#read(
      () =>
        new Set(
          this.#db
            .prepare<[], { name: string }>('select name from paused_sink')
            .all()
            .map(({ name }) => name),
        ),
    );
  }

  async forget(sink: string): Promise<void> {
    this.#write('forget a sink in', () => {
      this.#db.prepare('delete from consumer where name = ?').run(sink);
      this.#db.prepare('delete from paused_sink where name = ?').run(sink);
      this.#db.prepare('delete from delivery_gap where sink = ?').run(sink);
    });
  }

  async addGap({ sink, records, at }: DeliveryGap): Promise<void> {
    this.#write('note a gap in', () => {
      this.#db.prepare('insert into delivery_gap (sink, records, at) values (?, ?, ?)').run(sink, records, at);
    });
  }

  async gaps(sink: string): Promise<readonly DeliveryGap[]> {
    return this.#read(() =>
      this.#db
        .prepare<[string], DeliveryGap>('select sink, records, at from delivery_gap where sink = ? order by id')
        .all(sink),
    );
  }

  #read<T>(read: () => T): T {
    try {
      return read();
    } catch (error) {
      throw storeError(error, 'read the store', this.#connection.path);
    }
  }

  #write(action: string, write: () => void): void {
    try {
      this.#db.transaction(write).immediate();
    } catch (error) {
      throw storeError(error, `${action} the store`, this.#connection.path);
    }
  }
}

// Written by the same program: its word is taken for the shape.
function toDeadLetter({ reason, problem, record, ...row }: DeadLetterRow): StoredDeadLetter {
  return { ...row, failure: { reason, problem }, record: JSON.parse(record) as EventRecord };
}
