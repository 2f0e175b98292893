/**
 * What stands between the log and one sink: reads through the sink's own cursor, has records routed and encoded, hands
 * them to lanes, and acknowledges what is done. Whatever the sink does, it holds no more than a window of encoded items;
 * beyond it nothing is read until there is room.
 */
import type { Cursor, Log, LogPage } from '../component/log.ts';
import type { Message } from '../component/message.ts';
import type { BatchLimits, Failure, Sink } from '../component/sink.ts';
import { AppError, messageOf } from '../core/errors.ts';
import { backoff } from '../util/backoff.ts';
import { Change } from '../util/change.ts';
import { isDoneWithin } from '../util/is-done-within.ts';
import { unlessAborted } from '../util/unless-aborted.ts';
import { Circuit, type CircuitOptions } from './circuit.ts';
import { Lane, type LaneItem } from './lane.ts';
import { Lanes } from './lanes.ts';
import { type EncodedMessage, SeatedItem, type SeatedItemOptions } from './seated-item.ts';
import { PAGE_RECORDS } from './shared-pages.ts';
import { Unacknowledged } from './unacknowledged.ts';
import { untilRecorded } from './until-recorded.ts';

/**
 * How much a sink may hold that is not done: two batches for each lane that it has, so that none waits for the next page,
 * within these bounds. What is held for longer than it takes to fill the heap's room for young objects is copied, and
 * collected with the old: of single records a thousand cost a third of the throughput.
 */
const WINDOW_RECORDS = { atLeast: 2 * PAGE_RECORDS, atMost: 1_000 };
const WINDOW_BYTES = 2 * 1024 * 1024;
/** How long what is under way may take to end by itself when delivery stops. */
const GRACE_MS = 2_000;
/** How long it may take to end once it was aborted. What then still hangs is left alone: a stop must come to an end. */
const ABORT_MS = 1_000;
/** How long the store may take to note what was done until then; what it has not is delivered again. */
const ACKNOWLEDGE_MS = 1_000;

export interface SinkDeliveryOptions extends SeatedItemOptions {
  readonly name: string;
  readonly sink: Sink;
  readonly limits: BatchLimits;
  readonly concurrency: number;
  readonly maxDelayMs: number;
  readonly retry: CircuitOptions;
  readonly log: Pick<Log, 'read' | 'beginning'>;
  /** Told when the log has grown. */
  readonly appended: Pick<Change, 'count' | 'wait'>;
  /** What the routes make of records; undefined for those that do not lead here. */
  readonly prepare: (page: LogPage) => Promise<readonly (Message | undefined)[]>;
  readonly acknowledge: (cursor: Cursor) => Promise<void>;
  /** Told of a stretch of the log that was dropped before the sink had it. */
  readonly onGap: (from: Cursor, to: Cursor) => Promise<void>;
  /** Told of every attempt that did not deliver. */
  readonly onFailure?: (failure: Failure) => void;
}

export interface SinkDeliveryStatus {
  readonly state: 'delivering' | 'failing' | 'stopped';
  /** When the oldest record was received that was read and is not done, in milliseconds; absent when there is none. */
  readonly pendingSince?: number;
  /** After the last record that was read. */
  readonly cursor: Cursor;
  readonly lastFailure?: Failure & { readonly at: number };
}

export class SinkDelivery {
  readonly #options: SinkDeliveryOptions;
  readonly #circuit: Circuit;
  readonly #lanes: Lanes;
  readonly #windowRecords: number;
  readonly #unacknowledged = new Unacknowledged();
  readonly #progress = new Change();
  readonly #stopping = new AbortController();
  readonly #abort = new AbortController();
  #cursor: Cursor;
  #run: Promise<unknown> | undefined;
  #lastFailure: (Failure & { readonly at: number }) | undefined;

  /** Begins after the cursor once it is started. */
  constructor(options: SinkDeliveryOptions, cursor: Cursor) {
    this.#options = options;
    this.#cursor = cursor;
    this.#circuit = new Circuit(options.retry);
    const lane = {
      ...options,
      limits: narrower(options.limits, options.sink.limits),
      circuit: this.#circuit,
      onFailure: (failure: Failure, items: number) => this.#note(failure, items),
      onBatch: (seconds: number) => options.metrics.batch(seconds),
    };
    const lanes = Array.from({ length: options.concurrency }, () => new Lane(lane));
    this.#lanes = new Lanes(lanes, lane.limits);
    const twoBatches = 2 * options.concurrency * Math.min(lane.limits.maxRecords, PAGE_RECORDS);
    this.#windowRecords = Math.min(WINDOW_RECORDS.atMost, Math.max(WINDOW_RECORDS.atLeast, twoBatches));
  }

  start(): void {
    const { signal } = this.#stopping;
    this.#run ??= Promise.all([
      this.#read(signal),
      this.#acknowledge(signal),
      this.#lanes.run(signal, this.#abort.signal),
    ]);
  }

  /**
   * Lets what is under way end, for a moment, and acknowledges what is done. Ends within 4 seconds, whatever the sink and
   * the store do. Never rejects.
   */
  async stop(): Promise<void> {
    this.#stopping.abort();
    const ended = Promise.resolve(this.#run);
    if (!(await isDoneWithin(ended, GRACE_MS))) {
      this.#abort.abort();
      if (!(await isDoneWithin(ended, ABORT_MS))) {
        this.#options.logger.warn('what was under way does not end; it will be delivered again');
      }
    }
    if (!(await isDoneWithin(this.#acknowledgeDone(), ACKNOWLEDGE_MS))) {
      this.#options.logger.warn('the store does not take what was delivered; it will be delivered again');
    }
  }

  status(): SinkDeliveryStatus {
    const { since } = this.#unacknowledged;
    const running = this.#circuit.isFailing ? 'failing' : 'delivering';
    return {
      state: this.#stopping.signal.aborted || !this.#run ? 'stopped' : running,
      cursor: this.#cursor,
      ...(since !== undefined && { pendingSince: since }),
      ...(this.#lastFailure && { lastFailure: this.#lastFailure }),
    };
  }

  async #read(signal: AbortSignal): Promise<void> {
    const { log, appended, logger } = this.#options;
    const delays = backoff(this.#options.retry);
    while (!signal.aborted) {
      if (this.#isFull()) {
        await this.#progress.wait(this.#progress.count, signal);
        continue;
      }
      const { count } = appended;
      try {
        const page = await log.read(this.#cursor, { limit: PAGE_RECORDS });
        if (page.records.length > 0) await this.#take(page, signal);
        delays.reset();
        if (page.records.length < PAGE_RECORDS) await appended.wait(count, signal);
      } catch (error) {
        if (signal.aborted) return;
        const isGone = error instanceof AppError && error.code === 'CURSOR_INVALID';
        if (!isGone || !(await this.#skipGap())) {
          logger.error({ error: messageOf(error) }, 'cannot take records from the log; trying again');
          await delays.wait(signal);
        }
      }
    }
  }

  /** The log let go of what lies after the cursor. Whether it could be found out where it begins now. */
  async #skipGap(): Promise<boolean> {
    const { log, logger, onGap } = this.#options;
    try {
      const beginning = await log.beginning();
      await onGap(this.#cursor, beginning);
      logger.error(
        { from: this.#cursor, to: beginning },
        'the log no longer holds what comes next: records are skipped',
      );
      this.#cursor = beginning;
      return true;
    } catch {
      return false;
    }
  }

  #isFull(): boolean {
    const { records, bytes } = this.#unacknowledged;
    // A destination that is down needs no more at hand than what shows when it is back.
    const most = this.#circuit.isFailing ? WINDOW_RECORDS.atLeast : this.#windowRecords;
    return records >= most || bytes >= WINDOW_BYTES;
  }

  /** A page is prepared once: throttles and windows have counted its records. When it stops within, nothing is pushed. */
  async #take(page: LogPage, stopping: AbortSignal): Promise<void> {
    const { prepare, metrics } = this.#options;
    const { records, cursor } = page;
    const messages = (await unlessAborted(prepare(page), stopping)).filter((message) => message !== undefined);
    const { items, rejections } = this.#encode(messages, stopping);
    // At once, because dead letters that are recorded together cost as much as one.
    await Promise.all(rejections);
    if (stopping.aborted) return;
    metrics.filtered(records.length - messages.length);
    const sizes = items.map(({ encoded }) => encoded.bytes);
    const done = this.#unacknowledged.add({ cursor, since: records[0]?.receivedAt ?? 0, sizes });
    this.#cursor = cursor;
    const seats = this.#lanes.assign(
      items.map(({ message }) => message.record),
      sizes.reduce((sum, bytes) => sum + bytes, 0),
    );
    const settle = ({ object, encoded }: LaneItem): void => {
      this.#lanes.leave(object);
      done(encoded.bytes);
      this.#progress.notify();
    };
    const stored = new Set(records);
    for (const [index, { message, encoded }] of items.entries()) {
      const seat = seats[index];
      if (!seat) continue;
      const isStored = stored.has(message.record);
      const { object, lane } = seat;
      lane.push(new SeatedItem(this.#options, { message, encoded, isStored, object, settle }));
    }
    this.#progress.notify();
  }

  /** What cannot be encoded becomes a dead letter. */
  #encode(
    messages: readonly Message[],
    stopping: AbortSignal,
  ): { items: EncodedMessage[]; rejections: Promise<void>[] } {
    const { sink } = this.#options;
    const items: EncodedMessage[] = [];
    const rejections: Promise<void>[] = [];
    for (const message of messages) {
      try {
        items.push({ message, encoded: sink.encode(message) });
      } catch (error) {
        rejections.push(this.#reject(message, error, stopping));
      }
    }
    return { items, rejections };
  }

  async #reject(message: Message, error: unknown, stopping: AbortSignal): Promise<void> {
    const failure: Failure = { reason: 'invalid', problem: `encode: ${messageOf(error)}` };
    this.#note(failure, 1);
    const { reject, metrics, retry } = this.#options;
    const onFailure = (why: Failure): void => this.#note(why, 1);
    const isRecorded = await untilRecorded(() => reject(message, failure), { retry, onFailure }, stopping);
    if (isRecorded) metrics.rejected();
  }

  async #acknowledge(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      const { count } = this.#progress;
      await this.#acknowledgeDone();
      await this.#progress.wait(count, signal);
    }
  }

  async #acknowledgeDone(): Promise<void> {
    const done = this.#unacknowledged.takeDone();
    if (done === undefined) return;
    try {
      await this.#options.acknowledge(done);
    } catch (error) {
      // What follows says the same and more; until then a restart would deliver it again.
      this.#options.logger.warn({ error: messageOf(error) }, 'cannot acknowledge what was delivered');
    }
  }

  #note(failure: Failure, items: number): void {
    // Broken off by us: the destination has failed at nothing.
    if (this.#abort.signal.aborted) return;
    const { logger, metrics, onFailure, now = Date.now } = this.#options;
    metrics.failed(failure.reason, items);
    onFailure?.(failure);
    const isKnown = this.#lastFailure?.problem === failure.problem;
    logger[isKnown ? 'debug' : 'warn']({ ...failure, items }, 'not delivered');
    this.#lastFailure = { ...failure, at: now() };
  }
}

function narrower(limits: BatchLimits, own: BatchLimits = limits): BatchLimits {
  return {
    maxRecords: Math.min(limits.maxRecords, own.maxRecords),
    maxBytes: Math.min(limits.maxBytes, own.maxBytes),
  };
}
