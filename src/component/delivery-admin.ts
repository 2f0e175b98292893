import type { StoredEvent } from './history.ts';
import type { Failure, FailureReason, Outcome } from './sink.ts';
import type { SinkStart } from './sink-start.ts';

/** How a sink is doing, for people and programs. */
export interface SinkStatus {
  readonly name: string;
  readonly type: string;
  /** `failing`: its destination takes nothing at the moment. */
  readonly state: 'delivering' | 'failing' | 'paused';
  /** Records in the log that the sink is not done with, at most; and how long ago the oldest of them was received. */
  readonly lagRecords: number;
  readonly lagSeconds: number;
  /** Records a second in the last minute. */
  readonly rate: number;
  readonly deadLetters: number;
  /** Records that were deleted before the sink had them, at most. */
  readonly missed: number;
  readonly lastFailure?: { readonly at: number; readonly reason: FailureReason; readonly problem: string };
}

/** The same failure, so often in a row. */
export interface RepeatedFailure extends Failure {
  /** When it came first and last, in milliseconds. */
  readonly since: number;
  readonly at: number;
  readonly times: number;
}

/** What a sink did since it was opened: nothing of it outlives a restart. */
export interface SinkActivity {
  /** Records that were taken, by the minute, within the last hour; `start` is when the first of the minutes began. */
  readonly delivered: { readonly start: number; readonly counts: readonly number[] };
  /** The latest first. */
  readonly failures: readonly RepeatedFailure[];
}

/** What is known of one record at one sink. */
export interface RecordDelivery {
  readonly sink: string;
  /**
   * `waiting`: the sink is not done with it. `passed`: it is, and it is no dead letter: it was taken, unless routes kept
   * it away, or a seek or a later beginning passed it over, which nobody remembers.
   */
  readonly state: 'waiting' | 'passed' | 'dead-letter';
  /** Whether the routes lead it there, as they are now; absent where that takes what was known of the object then. */
  readonly isLed?: boolean;
  /** While it waits: records up to it, and it, at most. */
  readonly ahead?: number;
  /** Why it is a dead letter. */
  readonly failure?: Failure & { readonly at: number };
}

/** How far a replay is. */
export interface ReplayProgress {
  /** Revisions read from the history so far, and what became of them; the rest is under way. */
  readonly read: number;
  readonly delivered: number;
  readonly rejected: number;
  /** Not wanted, or not led to the sink by the routes. */
  readonly filtered: number;
  /** When the last one read was last seen, in milliseconds. */
  readonly reached?: number;
  /** Why the sink takes nothing at the moment. */
  readonly problem?: { readonly reason: FailureReason; readonly problem: string };
}

export interface ReplayRequest {
  readonly sink: string;
  /** In milliseconds, inclusive; by last seen. */
  readonly since?: number;
  readonly until?: number;
  /** In CEL. */
  readonly filter?: string;
}

export interface RetriedDeadLetters {
  /** For each id, what came back. */
  readonly outcomes: ReadonlyMap<number, Outcome>;
  /** Those whose sink is not configured any more were left alone: how many, by its name. */
  readonly withoutSink: ReadonlyMap<string, number>;
}

/** What an operator can do to deliveries while they run. Whatever names a sink rejects with SINK_NOT_FOUND. */
export interface DeliveryAdmin {
  sinks(): Promise<readonly SinkStatus[]>;
  activity(sink: string): Promise<SinkActivity>;
  /** At each sink that is configured; empty for a record that is not stored any more. */
  deliveriesOf(record: StoredEvent): Promise<readonly RecordDelivery[]>;
  /** Sends a marked event, once, past the log and the routes. */
  test(sink: string): Promise<Outcome>;
  /** Delivers nothing more to the sink until it is resumed, also after a restart. */
  pause(sink: string): Promise<void>;
  resume(sink: string): Promise<void>;
  /** Goes on from another place of the log. */
  seek(sink: string, start: SinkStart): Promise<void>;
  /**
   * Forgets how far a sink got that is not configured any more, so that one of its name begins anew; its dead letters stay.
   * Rejects with USAGE for one that is configured.
   */
  forget(sink: string): Promise<void>;
  /** Sends dead letters again, each once; those that are taken are forgotten. Ids that are not there are passed over. */
  retryDeadLetters(ids: readonly number[]): Promise<RetriedDeadLetters>;
  dropDeadLetters(ids: readonly number[]): Promise<void>;
  /** Resolves when it is over, or when the signal is aborted. Rejects with FILTER_INVALID too. */
  replay(
    request: ReplayRequest,
    onProgress: (progress: ReplayProgress) => void,
    signal: AbortSignal,
  ): Promise<ReplayProgress>;
}
