import type { EventRecord } from '../core/record.ts';
import type { Log } from './log.ts';
import type { Failure } from './sink.ts';

/** A record that a sink will never take as it is, with its own copy of the record. */
export interface DeadLetter {
  readonly sink: string;
  /** As `recordKey`: one dead letter a sink and record. */
  readonly key: string;
  readonly record: EventRecord;
  readonly failure: Failure;
  /** In milliseconds. */
  readonly at: number;
}

export interface StoredDeadLetter extends DeadLetter {
  /** Names it in this ledger; those that came later sort later. */
  readonly id: number;
}

/** What was deleted before the sink had it: a stretch of the log, or records that were refused and could not become dead letters. */
export interface DeliveryGap {
  readonly sink: string;
  /** How many records it may have held, at most: not all of them need have led to the sink. */
  readonly records: number;
  /** When that was found, in milliseconds. */
  readonly at: number;
}

/**
 * What is remembered of deliveries beside the cursors, which the log keeps. Durable when a promise resolves; every method
 * rejects with an AppError of a `STORE_…` code.
 */
export interface DeliveryLedger {
  /** A dead letter of the same sink and key is replaced, and keeps its id. */
  addDeadLetters(letters: readonly DeadLetter[]): Promise<void>;
  /** Oldest first, with ids above `after`. */
  deadLetters(query: {
    readonly sink?: string;
    readonly after?: number;
    readonly limit: number;
  }): Promise<readonly StoredDeadLetter[]>;
  deadLetter(id: number): Promise<StoredDeadLetter | undefined>;
  /** What the sink would not take of the record with this key. */
  deadLetterOf(sink: string, key: string): Promise<StoredDeadLetter | undefined>;
  /** By sink; sinks without any are absent. */
  deadLetterCounts(): Promise<ReadonlyMap<string, number>>;
  /** Those that are not there are passed over. */
  removeDeadLetters(ids: readonly number[]): Promise<void>;
  setPaused(sink: string, paused: boolean): Promise<void>;
  paused(): Promise<ReadonlySet<string>>;
  /** Everything about a sink but its dead letters: its cursor in the log too. */
  forget(sink: string): Promise<void>;
  addGap(gap: DeliveryGap): Promise<void>;
  /** Oldest first. */
  gaps(sink: string): Promise<readonly DeliveryGap[]>;
}

/** What deliveries write, where the store has its writer elsewhere. */
export type DeliveryWriter = Pick<Log, 'acknowledge'> &
  Pick<DeliveryLedger, 'addDeadLetters' | 'removeDeadLetters' | 'setPaused' | 'forget' | 'addGap'>;
