import type { Break, Interval } from '../core/coverage.ts';
import type { EventRecord, Scope } from '../core/record.ts';

/** A place in one log: opaque, only the log that gave it can compare it. It stays valid across restarts. */
export type Cursor = string;

/** How far a scope has been observed: everything up to this resourceVersion is committed. */
export interface Position {
  readonly epoch: number;
  readonly resourceVersion: string;
  /** Until when observation reached, in milliseconds: the end of the scope's last coverage interval. */
  readonly observedUntil: number;
}

export interface ClusterIdentity {
  /** From the configuration, else the kubeconfig context, else `default`. */
  readonly name: string;
  /** The UID of the `kube-system` namespace, where rights allow reading it. */
  readonly uid?: string;
}

/** What the log remembers of a cluster. */
export interface ClusterState {
  readonly epoch: number;
  /** By scope; a scope that was never observed is absent, one of an earlier epoch must be listed anew. */
  readonly positions: ReadonlyMap<Scope, Position>;
}

/** How far a partition of a topic has been read. */
export interface TopicOffset {
  /** Tells this topic from every other, a later one of the same name too. */
  readonly topic: string;
  readonly partition: number;
  /** Where to go on. */
  readonly next: bigint;
}

/** What one scope's observer hands over to be committed together. */
export interface Batch {
  readonly cluster: string;
  readonly epoch: number;
  readonly scope: Scope;
  /** In the order received. May be empty: a position or a stretch of coverage alone is worth committing. */
  readonly records: readonly EventRecord[];
  /**
   * Events that were deleted on purpose, not expired: each as it last was, under the resourceVersion of its end and the
   * instant at which that was received.
   */
  readonly deletions?: readonly EventRecord[];
  /** The resourceVersion up to which, with these records, everything is handed over. Absent while a list is under way. */
  readonly position?: string;
  /** A stretch of time that was observed without a break. It is united with what is known. */
  readonly observed?: Interval;
  readonly breaks?: readonly Break[];
  /** Where these records were read, when another Tidings has observed them. */
  readonly offset?: TopicOffset;
}

export interface Appended {
  /**
   * For each record, batch by batch: how many occurrences it adds, or -1 for a revision that was stored before.
   * A revision whose count did not grow adds 0.
   */
  readonly occurrences: readonly number[];
  /** What was stored, as it is read after the place that was the end of the log; absent when reading may show it otherwise. */
  readonly page?: AppendedPage;
}

export interface LogPage {
  readonly records: readonly EventRecord[];
  /** For each record, how many occurrences it adds, by everything that is stored. */
  readonly occurrences: readonly number[];
  /** After the last of them; the cursor that was given when there are none. */
  readonly cursor: Cursor;
}

export interface AppendedPage extends LogPage {
  /** The place before the first of its records. */
  readonly after: Cursor;
}

/**
 * The durable sequence of everything collected. One writer appends; any number of readers follow with cursors.
 * Every method rejects with an AppError of a `STORE_…` or `CURSOR_INVALID` code.
 */
export interface Log {
  /**
   * Finds the cluster by its UID, else by its name, or remembers it as new with epoch 1. A known UID under another name
   * is a renamed context: what is stored follows the new name. A known name with another UID is a cluster rebuilt: the
   * next epoch begins.
   */
  register(cluster: ClusterIdentity): Promise<ClusterState>;
  /**
   * Commits batches as one: either all of it is durable when the promise resolves, or nothing is and it rejects; the
   * caller may then append the same batches again. A revision that is stored already is skipped. Calls do not overlap:
   * the caller waits for one before it makes the next. Deletions are remembered beside the revisions, are no records to
   * be read, and may come before what they end.
   */
  append(batches: readonly Batch[]): Promise<Appended>;
  /** Where to go on in each partition of a topic; one that nothing was committed from is absent. */
  offsets(topic: string): Promise<ReadonlyMap<number, bigint>>;
  /**
   * Up to `limit` records after the cursor, fewer only where that is all, in the order they were committed; those
   * committed later come later.
   */
  read(after: Cursor, options: { readonly limit: number }): Promise<LogPage>;
  /** Before the oldest record the log still holds. */
  beginning(): Promise<Cursor>;
  /** After the newest committed record. */
  end(): Promise<Cursor>;
  /** Before the first record that was received at or after this instant, in milliseconds. */
  at(receivedAt: number): Promise<Cursor>;
  /** After the record that is this revision; undefined when none is stored. */
  after(record: Pick<EventRecord, 'cluster' | 'epoch' | 'body'>): Promise<Cursor | undefined>;
  /** How many records lie between two cursors, at most: retention may have deleted some of them. */
  distance(from: Cursor, to: Cursor): Promise<number>;
  /** Remembers for each consumer that it is done with everything before its cursor. Durable when the promise resolves. */
  acknowledge(cursors: ReadonlyMap<string, Cursor>): Promise<void>;
  /** What `consumer` acknowledged last, or undefined. */
  acknowledged(consumer: string): Promise<Cursor | undefined>;
  /** Lets the log forget what lies before the cursor; reading from before it rejects with `CURSOR_INVALID`. */
  truncate(before: Cursor): Promise<void>;
  close(): Promise<void>;
}
