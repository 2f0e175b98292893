/**
 * Group commit: batches of all scopes are collected for a moment and appended to the log as one, because the price of
 * durability is one fsync a group, however many records are in it.
 *
 * While the store cannot be written the group is kept and offered again, sources are held back, and positions stand
 * still: what is not committed is read again from the API server after a restart.
 */
import type { Appended, Batch, ClusterIdentity, ClusterState, Log } from '../component/log.ts';
import type { Intake } from '../component/source.ts';
import { AppError, messageOf } from '../core/errors.ts';
import type { Logger } from '../telemetry/log.ts';
import type { Metrics } from '../telemetry/metrics.ts';
import { backoff } from '../util/backoff.ts';
import { sleep } from '../util/sleep.ts';

const DEFAULT_MAX_RECORDS = 2_000;
/** Decoded, an event takes about four times its bytes. 2,000 ordinary ones come as 2.5 MB. */
const DEFAULT_MAX_BYTES = 4 * 1024 * 1024;
/** Each group costs a commit and wakes whoever delivers, some 2 ms of CPU. An event waits half as long, on average. */
const DEFAULT_MAX_DELAY_MS = 70;
const RETRY = { baseMs: 200, capMs: 5_000 };

export interface IngestOptions {
  readonly log: Pick<Log, 'register' | 'offsets' | 'append'>;
  readonly logger: Logger;
  readonly metrics: Metrics;
  /** A group is committed when it holds this many records. */
  readonly maxRecords?: number;
  /** Or was decoded from this many bytes. */
  readonly maxBytes?: number;
  /** And at the latest this long after its first batch. */
  readonly maxDelayMs?: number;
}

export interface IngestStatus {
  readonly pendingRecords: number;
  /** How long the oldest of them has been waiting, in milliseconds; 0 when there is none. */
  readonly lagMs: number;
  /** Why the store could not be written when it was last tried; absent when it could. */
  readonly problem?: string;
}

export class Ingest implements Intake {
  readonly #options: IngestOptions;
  readonly #maxRecords: number;
  readonly #maxBytes: number;
  readonly #maxDelayMs: number;
  readonly #stopping = new AbortController();
  #pending: Batch[] = [];
  #onCommitted: (() => void)[] = [];
  #pendingRecords = 0;
  #pendingBytes = 0;
  #committingRecords = 0;
  #timer: NodeJS.Timeout | undefined;
  /** The group that has not begun yet, and those who wait for it. */
  #next: Promise<void> | undefined;
  #taking: Promise<void>[] = [];
  #nextAt = 0;
  #commit: Promise<void> | undefined;
  #problem: string | undefined;
  #pendingSince: number | undefined;
  #committingSince: number | undefined;

  constructor(options: IngestOptions) {
    this.#options = options;
    this.#maxRecords = options.maxRecords ?? DEFAULT_MAX_RECORDS;
    this.#maxBytes = options.maxBytes ?? DEFAULT_MAX_BYTES;
    this.#maxDelayMs = options.maxDelayMs ?? DEFAULT_MAX_DELAY_MS;
  }

  register(cluster: ClusterIdentity): Promise<ClusterState> {
    return this.#options.log.register(cluster);
  }

  offsets(topic: string): ReturnType<Log['offsets']> {
    return this.#options.log.offsets(topic);
  }

  async offer(batch: Batch, bytes: number, onCommitted?: () => void): Promise<void> {
    this.#pendingSince ??= performance.now();
    this.#pending.push(batch);
    if (onCommitted) this.#onCommitted.push(onCommitted);
    this.#pendingRecords += batch.records.length;
    this.#pendingBytes += bytes;
    while (this.#pendingRecords >= this.#maxRecords || this.#pendingBytes >= this.#maxBytes) await this.#flush();
    if (this.#pending.length > 0 && !this.#commit)
      this.#timer ??= setTimeout(() => void this.#flush(), this.#maxDelayMs);
  }

  nextGroup(take: () => Promise<void>): Promise<void> {
    this.#next ??= this.#beginGroup();
    const taken = this.#next.then(take);
    this.#taking.push(taken);
    return taken;
  }

  async #beginGroup(): Promise<void> {
    await sleep(Math.max(0, Math.ceil(this.#nextAt - performance.now())));
    this.#next = undefined;
    this.#nextAt = performance.now() + this.#maxDelayMs;
    const taking = this.#taking;
    this.#taking = [];
    void Promise.allSettled(taking).then(() => {
      if (this.#pending.length > 0) void this.#flush();
    });
  }

  status(): IngestStatus {
    const pendingRecords = this.#pendingRecords + this.#committingRecords;
    const since = this.#committingSince ?? this.#pendingSince;
    const lagMs = since === undefined ? 0 : performance.now() - since;
    return { pendingRecords, lagMs, ...(this.#problem === undefined ? {} : { problem: this.#problem }) };
  }

  /** Commits what was offered. Rejects when that fails: nothing is lost, since positions did not move. */
  async close(): Promise<void> {
    this.#stopping.abort();
    while (this.#pending.length > 0 || this.#commit) {
      await this.#flush();
      if (this.#problem !== undefined) throw new AppError('STORE_FAILED', this.#problem);
    }
  }

  #flush(): Promise<void> {
    this.#commit ??= this.#commitPending().finally(() => {
      this.#commit = undefined;
      if (this.#pending.length > 0 && !this.#stopping.signal.aborted) {
        this.#timer ??= setTimeout(() => void this.#flush(), this.#maxDelayMs);
      }
    });
    return this.#commit;
  }

  async #commitPending(): Promise<void> {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    const group = this.#pending;
    const onCommitted = this.#onCommitted;
    this.#onCommitted = [];
    this.#committingRecords = this.#pendingRecords;
    this.#committingSince = this.#pendingSince;
    this.#pendingSince = undefined;
    this.#pending = [];
    this.#pendingRecords = 0;
    this.#pendingBytes = 0;
    const delays = backoff(RETRY);
    for (;;) {
      const committed = await this.#append(group);
      if (committed) for (const tell of onCommitted) tell();
      if (committed || this.#stopping.signal.aborted) break;
      await delays.wait(this.#stopping.signal);
    }
    this.#committingRecords = 0;
    this.#committingSince = undefined;
  }

  async #append(group: readonly Batch[]): Promise<boolean> {
    const { log, logger, metrics } = this.#options;
    const stop = metrics.commitDuration.startTimer();
    try {
      const appended = await log.append(group);
      stop();
      count(group, appended, metrics);
      if (this.#problem !== undefined) logger.info('the store can be written again');
      this.#problem = undefined;
      return true;
    } catch (error) {
      metrics.commitFailures.inc({ code: error instanceof AppError ? error.code : 'STORE_FAILED' });
      const problem = messageOf(error);
      if (problem !== this.#problem)
        logger.error({ error: problem }, 'cannot commit; trying again, positions stand still');
      this.#problem = problem;
      return false;
    }
  }
}

function count(group: readonly Batch[], appended: Appended, metrics: Metrics): void {
  let index = 0;
  for (const { cluster, records } of group) {
    let stored = 0;
    for (const { body, subject } of records) {
      const occurrences = appended.occurrences[index++] ?? -1;
      if (occurrences < 0) continue;
      stored++;
      metrics.countOccurrences(
        {
          cluster,
          namespace: body.metadata.namespace ?? '',
          kind: subject.kind ?? '',
          reason: body.reason ?? '',
          type: body.type ?? '',
        },
        occurrences,
      );
    }
    // A batch comes from one list or watch, so its records share their origin.
    if (stored > 0) metrics.recordsStored.inc({ cluster, origin: records[0]?.origin ?? 'watch' }, stored);
    if (stored < records.length) metrics.recordsRepeated.inc({ cluster }, records.length - stored);
  }
}
