import type { EventRecord } from '../core/record.ts';
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

/** Every method rejects with an AppError of a `STORE_…` code. */
export interface DeadLetters {
  /** Durable when it resolves. One that is there already is replaced. */
  add(letters: readonly DeadLetter[]): Promise<void>;
  /** By sink, oldest first, from after the one with this key. */
  list(query: {
    readonly sink?: string;
    readonly after?: string;
    readonly limit: number;
  }): Promise<readonly DeadLetter[]>;
  /** How many there are, by sink; sinks without any are absent. */
  counts(): Promise<ReadonlyMap<string, number>>;
  /** Forgets them; those that are not there are passed over. Resolves with how many were there. */
  remove(sink: string, keys: readonly string[]): Promise<number>;
}
