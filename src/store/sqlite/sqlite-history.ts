/** The reading half of log and history, over a connection of its own or over the writer's. */
import { statSync } from 'node:fs';
import type { Database, Statement } from 'better-sqlite3';
import type {
  CountOptions,
  CountQuery,
  Counts,
  EventPage,
  EventQuery,
  EventsOptions,
  History,
  Marks,
  MarksOptions,
  NameCounts,
  NameQuery,
  PageOptions,
  RankOptions,
  Spread,
  Stats,
  StoredEvent,
} from '../../component/history.ts';
import type { Cursor, Log, LogPage } from '../../component/log.ts';
import type { Interval, ScopeCoverage } from '../../core/coverage.ts';
import type { EventRecord } from '../../core/record.ts';
import { type Connection, IN_MEMORY, openForReading } from './connection.ts';
import { readCoverage } from './coverage-ledger.ts';
import { type LogBounds, seqOf, toCursor } from './cursor.ts';
import { EventMarks } from './event-marks.ts';
import { EventQueries } from './event-queries.ts';
import { EventRanking } from './event-ranking.ts';
import { EventSpread } from './event-spread.ts';
import { GroupCounts } from './group-counts.ts';
import { GroupReader } from './group-reader.ts';
import { ObjectIdReader } from './object-id-reader.ts';
import { ObjectNames } from './object-names.ts';
import { ObjectReader } from './object-reader.ts';
import { PreviousRevisions } from './previous-revisions.ts';
import { messageOf } from './row-context.ts';
import { EVENT_COLUMNS, type EventRow, RowReader } from './row-reader.ts';
import { dataVersion, snapshot } from './snapshot.ts';
import { storeError } from './store-error.ts';
import { packUid, type StoredUid } from './uuid.ts';
import type { IndexedRevision } from './word-index-writer.ts';

/**
 * Opens a store for reading, also while another thread or process writes it. Throws STORE_NOT_FOUND, STORE_NEWER,
 * STORE_DAMAGED, STORE_READ_ONLY or STORE_FAILED.
 */
export function openSqliteHistory({ path }: { readonly path: string }): SqliteHistory {
  return new SqliteHistory(openForReading(path));
}

type Reading = Omit<History, 'apply' | 'expire' | 'addOwners' | 'index'> &
  Pick<Log, 'read' | 'beginning' | 'end' | 'acknowledged'>;

export class SqliteHistory implements Reading {
  readonly #connection: Connection;
  readonly #db: Database;
  readonly #groups: GroupReader;
  readonly #rows: RowReader;
  readonly #queries: EventQueries;
  readonly #counts: GroupCounts;
  readonly #ranking: EventRanking;
  readonly #marks: EventMarks;
  readonly #names: ObjectNames;
  readonly #spread: EventSpread;
  readonly #previous: PreviousRevisions;
  readonly #next: Statement<[number, number], EventRow>;
  readonly #bounds: Statement<[], LogBounds>;

  constructor(connection: Connection) {
    this.#connection = connection;
    this.#db = connection.db;
    this.#groups = new GroupReader(this.#db);
    this.#rows = new RowReader(this.#db, this.#groups);
    // `+?`: see event-revisions.ts.
    this.#next = this.#db.prepare(`select ${EVENT_COLUMNS} from event e where e.seq > +? order by e.seq limit +?`);
    this.#bounds = this.#db.prepare(
      'select log_id as logId, last_seq as lastSeq, truncated_seq as truncatedSeq from store',
    );
    const reading = {
      groups: this.#groups,
      rows: this.#rows,
      objects: new ObjectReader(this.#db),
      bounds: () => this.bounds(),
    };
    this.#queries = new EventQueries(this.#db, reading);
    const queried = { ...reading, queries: this.#queries };
    this.#counts = new GroupCounts(this.#db, queried);
    this.#ranking = new EventRanking(this.#db, queried);
    this.#marks = new EventMarks(this.#db, queried);
    this.#names = new ObjectNames(this.#db, reading);
    const ids = new ObjectIdReader(this.#db);
    this.#spread = new EventSpread(this.#db, ids);
    this.#previous = new PreviousRevisions(this.#db, this.#rows, ids);
  }

  /** As {@link dataVersion}. */
  dataVersion(): number {
    return dataVersion(this.#connection);
  }

  async clusters(): Promise<readonly string[]> {
    return this.#snapshot(() =>
      this.#db
        .prepare<[], { name: string }>('select name from cluster order by id')
        .all()
        .map(({ name }) => name),
    );
  }

  async *events(query: EventQuery, options: EventsOptions): AsyncGenerator<StoredEvent> {
    try {
      yield* this.#queries.events(query, options);
    } catch (error) {
      throw this.#failure(error);
    }
  }

  async page(query: EventQuery, options: PageOptions): Promise<EventPage> {
    return this.#reading(() => this.#queries.page(query, options));
  }

  async ranked(query: EventQuery, options: RankOptions): Promise<EventPage> {
    return this.#reading(() => this.#ranking.ranked(query, options));
  }

  async spread(
    events: readonly StoredEvent[],
    buckets: Spread,
    signal?: AbortSignal,
  ): Promise<readonly (readonly number[])[]> {
    return this.#reading(() => this.#spread.spread(events, buckets, signal));
  }

  async *marks(query: EventQuery, options: MarksOptions): AsyncGenerator<Marks> {
    try {
      yield* this.#marks.marks(query, options);
    } catch (error) {
      throw this.#failure(error);
    }
  }

  async names(query: CountQuery, names: NameQuery): Promise<NameCounts> {
    return this.#reading(() => this.#names.names(query, names));
  }

  async revision(uid: string, resourceVersion: string): Promise<readonly StoredEvent[]> {
    return this.#snapshot(() => {
      this.#rows.refresh();
      return this.#revisions(uid, resourceVersion).map((row) => this.#rows.storedEvent(row));
    });
  }

  #revisions(uid: string, resourceVersion: string): EventRow[] {
    return this.#db
      .prepare<[number, StoredUid], EventRow>(
        `select ${EVENT_COLUMNS} from event e where resource_version = ? and uid = ? order by e.epoch desc, e.seq desc`,
      )
      .all(Number(resourceVersion), packUid(uid));
  }

  async previous(records: readonly EventRecord[]): Promise<readonly (EventRecord | undefined)[]> {
    return this.#snapshot(() => {
      this.#groups.refresh();
      return records.map((record) => this.#previous.of(record));
    });
  }

  async counts(query: CountQuery, options: CountOptions): Promise<Counts> {
    return this.#reading(() => this.#counts.count(query, options));
  }

  async coverage(range: Interval): Promise<readonly ScopeCoverage[]> {
    return this.#snapshot(() => readCoverage(this.#db, range));
  }

  async stats(): Promise<Stats> {
    return this.#snapshot(() => {
      const row = this.#db
        .prepare<[], { revisions: number; oldest: number | null; newest: number | null }>(
          `select revisions, (select min(time) from event) as oldest, (select max(time) from event) as newest from store`,
        )
        .get();
      const { revisions = 0, oldest = null, newest = null } = row ?? {};
      const times = { ...(oldest !== null && { oldest }), ...(newest !== null && { newest }) };
      return { revisions, ...times, bytes: this.#bytes() };
    });
  }

  async read(after: Cursor, { limit }: { readonly limit: number }): Promise<LogPage> {
    return this.#snapshot(() => {
      const bounds = this.bounds();
      const rows = this.#next.all(seqOf(after, bounds), limit);
      this.#groups.refresh();
      const last = rows.at(-1);
      return {
        records: rows.map((row) => this.#rows.record(row)),
        occurrences: rows.map((row) => row.occurrences),
        cursor: last ? toCursor(bounds.logId, last.seq) : after,
      };
    });
  }

  async beginning(): Promise<Cursor> {
    return this.#snapshot(() => {
      const { logId, lastSeq, truncatedSeq } = this.bounds();
      const oldest = this.#db.prepare<[], { seq: number | null }>('select min(seq) as seq from event').get()?.seq;
      return toCursor(logId, Math.max(truncatedSeq, (oldest ?? lastSeq + 1) - 1));
    });
  }

  async end(): Promise<Cursor> {
    return this.#snapshot(() => {
      const { logId, lastSeq } = this.bounds();
      return toCursor(logId, lastSeq);
    });
  }

  /** Records are committed as they are received, so the log is in the order of receivedAt but for a moment. */
  async at(receivedAt: number): Promise<Cursor> {
    return this.#snapshot(() => {
      const { logId, lastSeq, truncatedSeq } = this.bounds();
      const next = this.#db.prepare<[number], EventRow>(
        `select ${EVENT_COLUMNS} from event e where e.seq > ? order by e.seq limit 1`,
      );
      this.#groups.refresh();
      let [low, high] = [truncatedSeq, lastSeq];
      while (low < high) {
        const middle = Math.floor((low + high) / 2);
        const row = next.get(middle);
        if (!row || this.#rows.record(row).receivedAt >= receivedAt) high = middle;
        else low = row.seq;
      }
      return toCursor(logId, low);
    });
  }

  async after({ cluster, epoch, body }: Parameters<Log['after']>[0]): Promise<Cursor | undefined> {
    const { uid, resourceVersion } = body.metadata;
    return this.#snapshot(() => {
      this.#groups.refresh();
      const row = this.#revisions(uid, resourceVersion).find((one) => {
        const record = this.#rows.record(one);
        return record.cluster === cluster && record.epoch === epoch;
      });
      return row && toCursor(this.bounds().logId, row.seq);
    });
  }

  async distance(from: Cursor, to: Cursor): Promise<number> {
    return this.#snapshot(() => {
      // Also between places that the log no longer holds.
      const bounds = { ...this.bounds(), truncatedSeq: 0 };
      return seqOf(to, bounds) - seqOf(from, bounds);
    });
  }

  async acknowledged(consumer: string): Promise<Cursor | undefined> {
    return this.#snapshot(() => {
      const row = this.#db.prepare<[string], { seq: number }>('select seq from consumer where name = ?').get(consumer);
      return row && toCursor(this.bounds().logId, row.seq);
    });
  }

  async close(): Promise<void> {
    this.#connection.close();
  }

  /** What comes after a seq, as the index of words takes it. Inside an open transaction. */
  textsAfter(seq: number, limit: number): IndexedRevision[] {
    this.#groups.refresh();
    return this.#next.all(seq, limit).map((row) => ({
      seq: row.seq,
      time: row.time,
      group: row.event_group,
      key: this.#groups.get(row.event_group),
      message: messageOf(this.#rows.record(row).body),
    }));
  }

  /** Inside an open transaction, or for itself. */
  bounds(): LogBounds {
    return this.#bounds.get() ?? { logId: '', lastSeq: 0, truncatedSeq: 0 };
  }

  #bytes(): number {
    const { path } = this.#connection;
    if (path === IN_MEMORY) {
      return (
        Number(this.#db.pragma('page_count', { simple: true })) * Number(this.#db.pragma('page_size', { simple: true }))
      );
    }
    const files = ['', '-wal', '-shm'].map((suffix) => statSync(path + suffix, { throwIfNoEntry: false }));
    return files.reduce((sum, file) => sum + (file?.size ?? 0), 0);
  }

  async #reading<T>(read: () => Promise<T>): Promise<T> {
    try {
      return await read();
    } catch (error) {
      throw this.#failure(error);
    }
  }

  #failure(error: unknown): Error {
    return storeError(error, 'read the store', this.#connection.path);
  }

  /** All of one answer comes from one state of the store. */
  #snapshot<T>(read: () => T): T {
    return snapshot(this.#connection, read);
  }
}
