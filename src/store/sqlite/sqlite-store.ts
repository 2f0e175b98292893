/**
 * Log and history in one SQLite file: the records, everything derived from them, the position and the coverage of a
 * group of batches are one transaction. All work is synchronous, in the thread that opened the store.
 */
import { statfsSync } from 'node:fs';
import type { Database, Statement } from 'better-sqlite3';
import type {
  CountOptions,
  CountQuery,
  Counts,
  EventPage,
  EventQuery,
  EventsOptions,
  ExpireOptions,
  History,
  Marks,
  MarksOptions,
  NameCounts,
  NameQuery,
  OwnedObject,
  PageOptions,
  RankOptions,
  Spread,
  Stats,
  StoredEvent,
} from '../../component/history.ts';
import type {
  Appended,
  AppendedPage,
  Batch,
  ClusterIdentity,
  ClusterState,
  Cursor,
  Log,
  LogPage,
} from '../../component/log.ts';
import type { Interval, ScopeCoverage } from '../../core/coverage.ts';
import type { EventRecord } from '../../core/record.ts';
import type { Logger } from '../../telemetry/log.ts';
import { ClusterRegistry } from './cluster-registry.ts';
import { type Connection, IN_MEMORY, openForWriting } from './connection.ts';
import { CoverageWriter } from './coverage-ledger.ts';
import { seqOf, toCursor } from './cursor.ts';
import { EventWriter, NOT_STORED, type StoreState } from './event-writer.ts';
import { Expiry, giveBackSpace, sweep, usedBytes } from './expiry.ts';
import { OwnerWriter } from './owner-writer.ts';
import { writeScopes } from './scope-writer.ts';
import { SqliteDeliveryLedger } from './sqlite-delivery-ledger.ts';
import { SqliteHistory } from './sqlite-history.ts';
import { storeError } from './store-error.ts';
import { readOffsets, writeOffsets } from './topic-offsets.ts';
import { dropExpiredTables } from './word-tables.ts';

export interface SqliteStoreOptions {
  /** The file, made with its directory when there is none, or `:memory:`. */
  readonly path: string;
  readonly logger?: Logger;
  /** How long a write waits for another program that writes to the file, such as the sqlite3 shell. */
  readonly busyTimeoutMs?: number;
}

const DEFAULT_BUSY_TIMEOUT_MS = 5_000;

/**
 * Opens a store for its one writer. Throws STORE_LOCKED when it has one, STORE_NEWER, STORE_DAMAGED, STORE_READ_ONLY,
 * STORE_FULL or STORE_FAILED.
 */
export function openSqliteStore(options: SqliteStoreOptions): SqliteStore {
  const { path, logger, busyTimeoutMs = DEFAULT_BUSY_TIMEOUT_MS } = options;
  const store = new SqliteStore(openForWriting(path, busyTimeoutMs));
  logger?.debug({ path }, 'store opened');
  return store;
}

/** What a writing transaction remembers of earlier ones. */
class Writing {
  readonly state: Statement<[], StoreState>;
  readonly setState: Statement<[lastSeq: number, revisions: number]>;
  readonly acknowledge: Statement<[consumer: string, seq: number]>;
  readonly clusters: ClusterRegistry;
  readonly coverage: CoverageWriter;
  readonly events: EventWriter;
  readonly expiry: Expiry;
  readonly owners: OwnerWriter;

  constructor(db: Database) {
    this.state = db.prepare('select last_seq as lastSeq, revisions, expired_before as expiredBefore from store');
    this.setState = db.prepare('update store set last_seq = ?, revisions = ?');
    this.acknowledge = db.prepare(
      'insert into consumer (name, seq) values (?, ?) on conflict do update set seq = excluded.seq',
    );
    this.clusters = new ClusterRegistry(db);
    this.coverage = new CoverageWriter(db);
    this.events = new EventWriter(db, this.clusters);
    this.expiry = new Expiry(db, this.events);
    this.owners = new OwnerWriter(db);
  }
}

export class SqliteStore implements Log, History {
  readonly #connection: Connection;
  readonly #db: Database;
  readonly #begin: Statement;
  readonly #commit: Statement;
  readonly #reading: SqliteHistory;
  /** Beside the log's cursors, in the same file. */
  readonly ledger: SqliteDeliveryLedger;
  #writing: Writing | undefined;

  constructor(connection: Connection) {
    this.#connection = connection;
    this.#db = connection.db;
    this.#begin = this.#db.prepare('begin immediate');
    this.#commit = this.#db.prepare('commit');
    this.#reading = new SqliteHistory(connection);
    this.ledger = new SqliteDeliveryLedger(connection);
  }

  async register(cluster: ClusterIdentity): Promise<ClusterState> {
    return this.#write('register a cluster in', ({ clusters }) => clusters.register(cluster));
  }

  async append(batches: readonly Batch[]): Promise<Appended> {
    return this.#write('append to', (writing) => {
      const appended = this.#store(
        batches.flatMap(({ records }) => records),
        writing,
        batches.flatMap(({ deletions = [] }) => deletions),
      );
      writeScopes(batches, writing.clusters, writing.coverage);
      writeOffsets(this.#db, batches);
      return appended;
    });
  }

  async apply(records: readonly EventRecord[]): Promise<Appended> {
    return this.#write('write to', (writing) => this.#store(records, writing));
  }

  async acknowledge(cursors: ReadonlyMap<string, Cursor>): Promise<void> {
    this.#write('acknowledge in', (writing) => {
      const bounds = this.#reading.bounds();
      for (const [consumer, cursor] of cursors) writing.acknowledge.run(consumer, seqOf(cursor, bounds));
    });
  }

  async truncate(before: Cursor): Promise<void> {
    this.#write('truncate the log in', () => {
      this.#db.prepare('update store set truncated_seq = ?').run(seqOf(before, this.#reading.bounds()));
    });
  }

  async expire({ before = 0, size = Number.POSITIVE_INFINITY, limit, hold }: ExpireOptions): Promise<number> {
    const { revisions, bytes } = await this.stats();
    return this.#write('delete from', ({ expiry }) => {
      const tooLarge = usedBytes(this.#db) > size;
      const letsGo = hold?.minFreeSpace !== undefined && this.#freeSpace() < hold.minFreeSpace;
      const upTo = hold && !letsGo ? this.#acknowledgedBy(hold.consumers) : Number.MAX_SAFE_INTEGER;
      const { deleted, held, newestTime, lastSeq } = expiry.delete(
        tooLarge ? Number.MAX_SAFE_INTEGER : before,
        limit,
        upTo,
      );
      if (deleted > 0) {
        this.#db
          .prepare('update store set revisions = revisions - ?, expired_before = max(expired_before, ?)')
          .run(deleted, tooLarge ? newestTime + 1 : before);
      }
      if (deleted > 0) dropExpiredTables(this.#db);
      if (letsGo) this.#truncateTo(lastSeq);
      if (hold && held > 0) this.#letGo(hold.bytes / (bytes / revisions));
      // Ids in memory may be among those that were swept.
      else if (deleted < limit && sweep(this.#db) > 0) this.#writing = undefined;
      giveBackSpace(this.#db);
      return deleted;
    });
  }

  async addOwners(objects: readonly OwnedObject[]): Promise<void> {
    this.#write('remember owners in', ({ owners }) => {
      for (const object of objects) owners.add(object);
    });
  }

  async index({ limit }: { readonly limit: number }): Promise<number> {
    return this.#write('index words in', ({ events: { words } }) => {
      const { lastSeq } = this.#reading.bounds();
      words.write();
      if (words.reached >= lastSeq) return 0;
      const texts = this.#reading.textsAfter(words.reached, limit);
      // Others may have expired.
      const upTo = texts.length < limit ? lastSeq : (texts.at(-1)?.seq ?? lastSeq);
      words.catchUp(texts, upTo);
      return lastSeq - upTo;
    });
  }

  /** Of the volume that the file is on. */
  #freeSpace(): number {
    const { path } = this.#connection;
    if (path === IN_MEMORY) return Number.POSITIVE_INFINITY;
    const { bavail, bsize } = statfsSync(path);
    return bavail * bsize;
  }

  /** The seq up to which all of them are done, or which the log holds no more. */
  #acknowledgedBy(consumers: readonly string[]): number {
    const row = this.#db
      .prepare<[string], { seq: number | null }>(
        'select min(seq) as seq from consumer where name in (select value from json_each(?))',
      )
      .get(JSON.stringify(consumers));
    return Math.max(row?.seq ?? Number.MAX_SAFE_INTEGER, this.#reading.bounds().truncatedSeq);
  }

  /** Keeps no more than so many records for whoever is behind. */
  #letGo(records: number): void {
    this.#db
      .prepare('update store set truncated_seq = max(truncated_seq, last_seq - ?)')
      .run(Math.max(0, Math.floor(records)));
  }

  #truncateTo(seq: number): void {
    this.#db.prepare('update store set truncated_seq = max(truncated_seq, ?)').run(seq);
  }

  async clusters(): Promise<readonly string[]> {
    return this.#reading.clusters();
  }

  events(query: EventQuery, options: EventsOptions): AsyncIterable<StoredEvent> {
    return this.#reading.events(query, options);
  }

  async page(query: EventQuery, options: PageOptions): Promise<EventPage> {
    return this.#reading.page(query, options);
  }

  async ranked(query: EventQuery, options: RankOptions): Promise<EventPage> {
    return this.#reading.ranked(query, options);
  }

  async spread(
    events: readonly StoredEvent[],
    buckets: Spread,
    signal?: AbortSignal,
  ): Promise<readonly (readonly number[])[]> {
    return this.#reading.spread(events, buckets, signal);
  }

  marks(query: EventQuery, options: MarksOptions): AsyncIterable<Marks> {
    return this.#reading.marks(query, options);
  }

  async names(query: CountQuery, names: NameQuery): Promise<NameCounts> {
    return this.#reading.names(query, names);
  }

  async revision(uid: string, resourceVersion: string): Promise<readonly StoredEvent[]> {
    return this.#reading.revision(uid, resourceVersion);
  }

  async previous(records: readonly EventRecord[]): Promise<readonly (EventRecord | undefined)[]> {
    return this.#reading.previous(records);
  }

  async counts(query: CountQuery, options: CountOptions): Promise<Counts> {
    return this.#reading.counts(query, options);
  }

  async coverage(range: Interval): Promise<readonly ScopeCoverage[]> {
    return this.#reading.coverage(range);
  }

  async stats(): Promise<Stats> {
    return this.#reading.stats();
  }

  async offsets(topic: string): Promise<ReadonlyMap<number, bigint>> {
    try {
      return readOffsets(this.#db, topic);
    } catch (error) {
      throw storeError(error, 'read the store', this.#connection.path);
    }
  }

  async read(after: Cursor, options: { readonly limit: number }): Promise<LogPage> {
    return this.#reading.read(after, options);
  }

  async beginning(): Promise<Cursor> {
    return this.#reading.beginning();
  }

  async end(): Promise<Cursor> {
    return this.#reading.end();
  }

  async at(receivedAt: number): Promise<Cursor> {
    return this.#reading.at(receivedAt);
  }

  async distance(from: Cursor, to: Cursor): Promise<number> {
    return this.#reading.distance(from, to);
  }

  async after(record: Parameters<Log['after']>[0]): Promise<Cursor | undefined> {
    return this.#reading.after(record);
  }

  async acknowledged(consumer: string): Promise<Cursor | undefined> {
    return this.#reading.acknowledged(consumer);
  }

  async close(): Promise<void> {
    this.#connection.close();
  }

  #store(records: readonly EventRecord[], writing: Writing, deletions: readonly EventRecord[] = []): Appended {
    const { events } = writing;
    const state = writing.state.get() ?? { lastSeq: 0, revisions: 0, expiredBefore: 0 };
    const { lastSeq: before } = state;
    const occurrences = records.map((record) => events.store(record, state));
    for (const deletion of deletions) events.storeDeletion(deletion, state);
    const { isPlain } = events;
    writing.setState.run(state.lastSeq, state.revisions);
    events.flush();
    if (!isPlain) return { occurrences };
    const { logId } = this.#reading.bounds();
    const page: AppendedPage = {
      after: toCursor(logId, before),
      records: records.filter((_, index) => isStored(occurrences[index])),
      occurrences: occurrences.filter(isStored),
      cursor: toCursor(logId, state.lastSeq),
    };
    return { occurrences, page };
  }

  /** All of it is committed, or none; after a failure the next call finds things as they were. */
  #write<T>(action: string, work: (writing: Writing) => T): T {
    try {
      this.#connection.requireFiles();
      this.#begin.run();
      this.#writing ??= new Writing(this.#db);
      const result = work(this.#writing);
      this.#commit.run();
      return result;
    } catch (error) {
      // What is in memory may hold ids that were never committed.
      this.#writing = undefined;
      if (this.#db.inTransaction) this.#db.exec('rollback');
      throw storeError(error, `${action} the store`, this.#connection.path);
    }
  }
}

function isStored(occurrences = NOT_STORED): boolean {
  return occurrences !== NOT_STORED;
}
