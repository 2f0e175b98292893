/**
 * What a destination has to be: it turns messages into what is sent, and sends batches of that. Everything else is done
 * for it (src/pipeline): reading the log through a cursor of its own, routing, batching, back-off, retries, order and
 * dead letters.
 */
import type * as v from 'valibot';
import type { Logger } from '../telemetry/log.ts';
import type { Message } from './message.ts';

/**
 * Why an item was not taken, in words that can be a metric's label: the destination cannot be reached or hangs; does not
 * let us in; is too busy; has trouble of its own; does not know what is addressed (topic, index, channel); finds the item
 * too large, or wrong; and what none of these fits.
 */
export const FAILURE_REASONS = [
  'unreachable',
  'timeout',
  'unauthorized',
  'rate_limited',
  'server_error',
  'not_found',
  'too_large',
  'invalid',
  'other',
] as const;
export type FailureReason = (typeof FAILURE_REASONS)[number];

export interface Failure {
  readonly reason: FailureReason;
  /** For people: what was done, what came back. Never holds a secret, nor more of an answer than 1 kB. */
  readonly problem: string;
}

/** What became of one item. */
export type Outcome =
  /** The destination has it, as durably as it ever will. */
  | { readonly status: 'ok' }
  /** It may work later: the item is offered again, not before `afterMs` where the destination asked for that. */
  | ({ readonly status: 'retry'; readonly afterMs?: number } & Failure)
  /** It will never work with this item: it becomes a dead letter. */
  | ({ readonly status: 'reject' } & Failure);

/** What is sent for one message. */
export interface Encoded<T> {
  readonly value: T;
  /** Its size on the wire, about: what batches and memory are bounded by. */
  readonly bytes: number;
}

/**
 * A destination, open. One owner calls it: `encode` at any time; `deliver` with batches within its limits, up to
 * `concurrency` of them at a time, never with two records of one involved object in different calls at once, and in the
 * order of the log; `close` once no call is under way. None of them holds on to what it was given.
 */
export interface Sink<T = unknown> {
  /** What to send for a message. Throws when it cannot be made: the message becomes a dead letter. */
  encode(message: Message): Encoded<T>;
  /**
   * Sends a batch, never empty, and says for each item what became of it. When the signal is aborted it ends soon, by
   * answering or rejecting; a rejection is taken for `retry` of every item.
   */
  deliver(batch: readonly T[], signal: AbortSignal): Promise<readonly Outcome[]>;
  /**
   * Says whether the destination could be used, without sending an event: resolves with what it found, for people, or
   * rejects with the problem. Absent where only sending tells.
   */
  check?(signal: AbortSignal): Promise<string>;
  /** Releases everything. May be called twice. */
  close(): Promise<void>;
  /** Which extras `encode` looks at; what nobody needs is not looked up. */
  readonly needs?: Needs;
  /** What its settings leave of the definition's limits; absent where that is all. */
  readonly limits?: BatchLimits;
}

export interface Needs {
  readonly object?: boolean;
  readonly previous?: boolean;
}

/** The largest batch one call of `deliver` may get, by what the destination takes; a configuration may ask for less. */
export interface BatchLimits {
  readonly maxRecords: number;
  readonly maxBytes: number;
}

/** What a sink is given beside its settings. */
export interface SinkContext {
  /** Its name in the configuration. */
  readonly name: string;
  readonly logger: Logger;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** For the `User-Agent` of requests. */
  readonly userAgent: string;
}

/** The entries of a strict object schema made of the kit in `config/fields.ts`. */
export type SinkEntries = v.ObjectEntries;

export interface SinkDefinition<TEntries extends SinkEntries = SinkEntries> {
  /** The value of `type` in the configuration, as the destination is commonly written. */
  readonly type: string;
  /** One sentence: what it sends where. */
  readonly summary: string;
  /** What "exactly once" and "in order" mean there, for its page of the reference. */
  readonly delivery: string;
  readonly config: TEntries;
  readonly limits: BatchLimits;
  /** How many batches may be under way at once. */
  readonly concurrency: number;
  /** Settings that the tests load and the reference shows; without `name` and `type`. */
  readonly examples: readonly { readonly title: string; readonly config: string }[];
  /** Throws an AppError when the settings cannot work. Does not connect: the destination may be down. */
  create(config: v.InferOutput<v.StrictObjectSchema<TEntries, undefined>>, context: SinkContext): Sink | Promise<Sink>;
}

/** A definition whose settings' types are those of its schema. */
export function defineSink<const TEntries extends SinkEntries>(
  definition: SinkDefinition<TEntries>,
): SinkDefinition<TEntries> {
  return definition;
}
