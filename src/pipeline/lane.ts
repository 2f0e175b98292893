/**
 * One of the queues of a sink. Records of one involved object always share a lane, and a lane has one batch under way at
 * a time: that keeps them in order, also when some of them have to be sent again.
 */
import type { BatchLimits, Encoded, Failure, FailureReason, Outcome, Sink } from '../component/sink.ts';
import { messageOf } from '../core/errors.ts';
import { type Backoff, backoff } from '../util/backoff.ts';
import { Change } from '../util/change.ts';
import { sleep } from '../util/sleep.ts';
import type { BatchFailure, Circuit, CircuitOptions } from './circuit.ts';
import { untilRecorded } from './until-recorded.ts';

/**
 * How often a destination may take others while it fails to take one item by itself, before that becomes a dead letter:
 * something about it must be wrong, and what comes after it for the same object has waited long enough, a minute or two.
 * So often that chance alone costs no event of a destination that takes only some of what it is sent.
 */
const MAX_ATTEMPTS = 100;

/**
 * A destination that takes others is there: a lane comes back to it sooner than one that takes nothing is probed, after 10
 * ms at first where that is half a second, and never later than after 2 s where that is half a minute.
 */
const SOONER = { base: 50, cap: 15 };

export interface LaneItem {
  /** Equal for what has to stay in order. */
  readonly object: number;
  readonly encoded: Encoded<unknown>;
  /** The destination has it. */
  delivered(): void;
  /** It never will. Resolves when that is recorded; rejects when it cannot be. */
  rejected(failure: Failure): Promise<void>;
}

export interface LaneOptions {
  readonly sink: Pick<Sink, 'deliver'>;
  readonly limits: BatchLimits;
  /** How long a batch waits to become larger. */
  readonly maxDelayMs: number;
  readonly circuit: Circuit;
  readonly retry: CircuitOptions;
  /** Told of every attempt that did not deliver an item. */
  readonly onFailure: (failure: Failure, items: number) => void;
  readonly onBatch: (seconds: number) => void;
}

interface Queued {
  readonly item: LaneItem;
  /** That failed while others were taken. */
  attempts: number;
  /** What the circuit had seen when it failed by itself last: from then on it is sent by itself. */
  failedAt: number | undefined;
}

export class Lane {
  readonly #options: LaneOptions;
  readonly #queue: Queued[] = [];
  readonly #arrival = new Change();
  readonly #delays: Backoff;
  /** Where some of a batch is refused in words that hold for all. */
  readonly #delaysForAll: Backoff;
  /** Where an item has failed by itself and others are taken in between. */
  readonly #delaysForOne: Backoff;
  /** While others are taken and a batch is not, batches become smaller, until what is wrong with it is alone. */
  #maxRecords = Number.POSITIVE_INFINITY;
  /** What the circuit had seen when a batch failed last; infinite when the one before was taken. */
  #successes = Number.POSITIVE_INFINITY;

  constructor(options: LaneOptions) {
    this.#options = options;
    const { baseMs, capMs, ...rest } = options.retry;
    this.#delaysForAll = backoff(options.retry);
    const sooner = { ...rest, baseMs: baseMs / SOONER.base, capMs: capMs / SOONER.cap };
    this.#delays = backoff(sooner);
    this.#delaysForOne = backoff(sooner);
  }

  push(item: LaneItem): void {
    this.#queue.push({ item, attempts: 0, failedAt: undefined });
    this.#arrival.notify();
  }

  /**
   * Delivers until `stopping` is aborted; what is under way then ends when it does, or when `abort` is. Never rejects.
   */
  async run(stopping: AbortSignal, abort: AbortSignal): Promise<void> {
    const { circuit, maxDelayMs } = this.#options;
    while (!stopping.aborted) {
      if (this.#queue.length === 0) {
        await this.#arrival.wait(this.#arrival.count, stopping);
        if (maxDelayMs > 0 && !this.#isFull()) await sleep(maxDelayMs, stopping);
        continue;
      }
      if (circuit.isClosed || (await circuit.pass(stopping))) await this.#deliverBatch(stopping, abort);
    }
  }

  #isFull(): boolean {
    return this.#batchLength() < this.#queue.length;
  }

  /** How many items from the head are one batch: at least one, however large. */
  #batchLength(): number {
    const { maxRecords, maxBytes } = this.#options.limits;
    let bytes = 0;
    let length = 0;
    for (const { item, failedAt } of this.#queue) {
      bytes += item.encoded.bytes;
      const isMore = length >= Math.min(maxRecords, this.#maxRecords) || bytes > maxBytes;
      if (length > 0 && (isMore || failedAt !== undefined)) break;
      length++;
      if (failedAt !== undefined) break;
    }
    return length;
  }

  async #deliverBatch(stopping: AbortSignal, abort: AbortSignal): Promise<void> {
    const { onBatch } = this.#options;
    const batch = this.#queue.splice(0, this.#batchLength());
    const began = performance.now();
    const outcomes = await this.#send(batch, abort);
    onBatch((performance.now() - began) / 1000);
    if (outcomes.every(({ status }) => status === 'ok')) this.#delivered(batch);
    else await this.#notAllDelivered(batch, outcomes, stopping);
  }

  /** What nearly every batch comes to, in as little as that takes. */
  #delivered(batch: readonly Queued[]): void {
    this.#options.circuit.succeed();
    this.#taken();
    for (const { item, failedAt } of batch) {
      if (failedAt !== undefined) this.#delaysForOne.reset();
      item.delivered();
    }
    this.#delays.reset();
    this.#delaysForAll.reset();
  }

  /** Something of it was refused or has to be sent again, or all of it. */
  async #notAllDelivered(batch: readonly Queued[], outcomes: readonly Outcome[], stopping: AbortSignal): Promise<void> {
    const { circuit } = this.#options;
    const failures = outcomes.filter((outcome) => outcome.status === 'retry');
    const afterMs = Math.max(0, ...failures.map((failure) => failure.afterMs ?? 0));
    const isForAll = afterMs > 0 || failures.some(({ reason }) => FOR_ALL.has(reason));
    const isTaken = failures.length < outcomes.length;
    if (isTaken) circuit.succeed();
    else circuit.fail({ afterMs, isForAll }, stopping);
    const isAboutAnItem = failures.some(isAboutItem);
    const isSingledOut = isTaken ? this.#taken() : this.#singlesOut(batch, isAboutAnItem);
    const again: Queued[] = [];
    const rejections: Promise<void>[] = [];
    for (const [index, outcome] of outcomes.entries()) {
      const queued = batch[index];
      if (!queued) continue;
      const { item, failedAt } = queued;
      if (outcome.status !== 'retry' && failedAt !== undefined) this.#delaysForOne.reset();
      if (outcome.status === 'ok') item.delivered();
      else if (outcome.status === 'reject') rejections.push(this.#reject(item, outcome, stopping));
      else if (isSingledOut && isAboutItem(outcome) && ++queued.attempts > MAX_ATTEMPTS) {
        rejections.push(this.#reject(item, givenUp(outcome), stopping));
      } else again.push(queued);
    }
    await Promise.all(rejections);
    this.#queue.unshift(...again);
    const [suspect] = again.filter(({ failedAt }) => failedAt !== undefined);
    if (suspect) this.#letOthersTry(suspect);
    this.#report(outcomes);
    const isForOne = suspect !== undefined;
    await this.#pause({ afterMs, isForAll, isForOne, isDone: again.length === 0 }, stopping);
  }

  /** Before what is left of a batch is sent again; while the circuit is open that is its business. */
  async #pause(
    left: BatchFailure & { readonly isForOne: boolean; readonly isDone: boolean },
    stopping: AbortSignal,
  ): Promise<void> {
    if (left.isDone) {
      this.#delays.reset();
      this.#delaysForAll.reset();
    } else if (this.#options.circuit.isClosed) {
      const delaysForSome = left.isForOne ? this.#delaysForOne : this.#delays;
      const delays = left.isForAll ? this.#delaysForAll : delaysForSome;
      await sleep(Math.max(left.afterMs, delays.nextMs()), stopping);
    }
  }

  /** Something of a batch was taken: what was not has failed beside it. */
  #taken(): true {
    this.#successes = Number.POSITIVE_INFINITY;
    this.#maxRecords *= 2;
    return true;
  }

  /**
   * Whether a batch of which nothing was taken is one item that failed while others were taken. A larger one that fails so
   * is sent in smaller ones from then on, until what is wrong with it is by itself. Not when it fails once: that may be
   * chance, and smaller batches would only be slower. Where there is nobody else to be taken, probes become smaller.
   */
  #singlesOut(batch: readonly Queued[], isAboutAnItem: boolean): boolean {
    const { successes, isClosed } = this.#options.circuit;
    const [only, ...others] = batch;
    const isAlone = only !== undefined && others.length === 0;
    const before = Math.min(this.#successes, (isAlone ? only.failedAt : undefined) ?? Number.POSITIVE_INFINITY);
    const areOthersTaken = successes > before;
    this.#successes = successes;
    if (areOthersTaken || (isAboutAnItem && !isClosed)) this.#maxRecords = Math.max(1, Math.floor(batch.length / 2));
    if (isAlone && isAboutAnItem && (only.failedAt !== undefined || !isClosed)) {
      only.failedAt = successes;
    }
    return areOthersTaken && isAlone;
  }

  /** What fails by itself goes behind the others, with all that must follow it: one of them may show that it alone fails. */
  #letOthersTry({ item: { object } }: Queued): void {
    const others = this.#queue.filter(({ item }) => item.object !== object);
    if (others.length === 0) return;
    const following = this.#queue.filter(({ item }) => item.object === object);
    this.#queue.splice(0, this.#queue.length, ...others, ...following);
  }

  /** An outcome for each item, whatever the sink says. */
  async #send(batch: readonly Queued[], abort: AbortSignal): Promise<readonly Outcome[]> {
    try {
      const said = await this.#options.sink.deliver(
        batch.map(({ item }) => item.encoded.value),
        abort,
      );
      return batch.map((_, index) => said[index] ?? unanswered());
    } catch (error) {
      return batch.map(() => ({ status: 'retry', reason: 'other', problem: messageOf(error) }));
    }
  }

  async #reject(item: LaneItem, failure: Failure, stopping: AbortSignal): Promise<void> {
    await untilRecorded(() => item.rejected(failure), this.#options, stopping);
  }

  #report(outcomes: readonly Outcome[]): void {
    const counts = new Map<string, { failure: Failure; items: number }>();
    for (const outcome of outcomes) {
      if (outcome.status === 'ok') continue;
      const { reason, problem } = outcome;
      const known = counts.get(reason);
      if (known) known.items++;
      else counts.set(reason, { failure: { reason, problem }, items: 1 });
    }
    for (const { failure, items } of counts.values()) this.#options.onFailure(failure, items);
  }
}

function unanswered(): Outcome {
  return { status: 'retry', reason: 'other', problem: 'the sink said nothing about the item' };
}

/** These say that the destination is not to be had at the moment, to no item in particular. */
const ABOUT_THE_DESTINATION: ReadonlySet<FailureReason> = new Set([
  'unreachable',
  'unauthorized',
  'rate_limited',
  'not_found',
]);

function isAboutItem({ reason }: Failure): boolean {
  return !ABOUT_THE_DESTINATION.has(reason);
}

/** These hold for whatever is sent next, and to go on is bad manners, or locks an account. */
const FOR_ALL: ReadonlySet<FailureReason> = new Set(['unauthorized', 'rate_limited', 'not_found']);

function givenUp({ reason, problem }: Failure): Failure {
  return { reason, problem: `${problem} (tried ${MAX_ATTEMPTS} times while others were taken)` };
}
