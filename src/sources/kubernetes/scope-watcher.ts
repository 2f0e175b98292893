/**
 * The observer of one scope: lists once, then watches from the list's resourceVersion, for ever.
 *
 * - It resumes from the committed position. Whatever was interrupted and resumes without a 410 has lost nothing.
 * - After an unclean end, and at the start, it first compares: a cluster whose resourceVersion is below the position was
 *   rewound (the API server would answer a watch from the future with silence), and all scopes list in a new epoch.
 * - After a 410 it lists again: every event alive is brought to its latest revision, and the ledger gets a break.
 * - The position is the highest resourceVersion handed over. It never moves back, and moves without a frame only as
 *   idle-refresh.ts explains.
 * - Nothing here grows with the number of live events.
 */
import type { Batch, Position } from '../../component/log.ts';
import type { Intake, ScopeStatus } from '../../component/source.ts';
import type { Break, BreakCause } from '../../core/coverage.ts';
import type { EventRecord, Scope } from '../../core/record.ts';
import { compareResourceVersions } from '../../core/resource-version.ts';
import type { Logger } from '../../telemetry/log.ts';
import { linkedAbort } from '../../util/linked-abort.ts';
import { sleep } from '../../util/sleep.ts';
import type { KubernetesClient } from './client.ts';
import type { ClusterEpoch } from './cluster-epoch.ts';
import { decodeFrames } from './decode-frames.ts';
import { decodeItems } from './decode-items.ts';
import type { ExpiryClassifier } from './expiry-classifier.ts';
import { handOver } from './hand-over.ts';
import type { Piece } from './held-bytes.ts';
import { IdleRefresh } from './idle-refresh.ts';
import { listCollection, refreshVersion, type Snapshot } from './list-collection.ts';
import { ScopeHealth } from './scope-health.ts';
import { eventsRequest } from './scopes.ts';
import { Skips } from './skips.ts';
import type { SourceMetrics } from './source-metrics.ts';
import { watchCollection } from './watch-collection.ts';
import type { WatchTimings } from './watch-timings.ts';

export interface WatcherOptions {
  readonly cluster: string;
  readonly scope: Scope;
  readonly epoch: ClusterEpoch;
  readonly client: KubernetesClient;
  readonly intake: Intake;
  readonly expiry: ExpiryClassifier;
  readonly logger: Logger;
  readonly metrics: SourceMetrics;
  readonly timings: WatchTimings;
  readonly now: () => number;
  readonly random: () => number;
}

/** What frames brought. */
interface Received {
  readonly records: readonly EventRecord[];
  readonly deletions: readonly EventRecord[];
  readonly breaks: readonly Break[];
  /** What the records were decoded from. */
  readonly bytes: number;
}

/** Why observation is interrupted; undefined while it is not. */
interface Interruption {
  readonly cause: BreakCause;
  readonly detail?: string;
}

export class ScopeWatcher {
  readonly #options: WatcherOptions;
  readonly #request;
  readonly #health: ScopeHealth;
  readonly #skips: Skips;
  #position: Position | undefined;
  #interruption: Interruption | undefined;
  /** The position was refused by a 410. */
  #expired = false;
  /** The cluster may have been rewound since it was last compared. */
  #unsure = true;
  /** Where a watch was begun again because of bytes that are not JSON. */
  #corruptAfter: string | undefined;
  #stop: AbortSignal = new AbortController().signal;

  constructor(options: WatcherOptions) {
    this.#options = options;
    this.#request = eventsRequest(options.scope);
    this.#health = new ScopeHealth(options);
    this.#skips = new Skips(options.logger, options.metrics);
  }

  get scope(): Scope {
    return this.#options.scope;
  }

  get status(): ScopeStatus {
    return this.#health.status;
  }

  /** Observes from the position on until the signal is aborted. Resolves then, and never rejects. */
  async run(position: Position | undefined, signal: AbortSignal): Promise<void> {
    this.#position = position;
    if (position) this.#interruption = { cause: 'stopped' };
    this.#stop = signal;
    while (!signal.aborted) {
      const { controller, unlink } = linkedAbort([signal, this.#options.epoch.signal]);
      try {
        await this.#observe(controller.signal);
      } catch (error) {
        // An abort that is not the end: another scope found the cluster rewound.
        if (!controller.signal.aborted) await sleep(this.fail(error), signal);
      } finally {
        controller.abort();
        unlink();
      }
    }
  }

  /** One connection: what has to precede the watch, and the watch to its end. */
  async #observe(signal: AbortSignal): Promise<void> {
    const { epoch } = this.#options;
    if (this.#unsure && this.#position?.epoch === epoch.current) {
      this.#health.attempts('list');
      await this.#refresh(this.#position, signal);
      if (this.#position.epoch !== epoch.current) return;
      this.#unsure = false;
    }
    if (this.#position?.epoch !== epoch.current || this.#expired) this.#position = await this.#list(signal);
    await this.#watch(this.#position, signal);
  }

  /** Asks for the cluster's resourceVersion; one below the position, which is as old as the question, begins a new epoch. */
  async #refresh(position: Position, signal: AbortSignal): Promise<Snapshot> {
    const { epoch, logger } = this.#options;
    const snapshot = await refreshVersion({ ...this.#options, request: this.#request, signal });
    const { resourceVersion } = snapshot;
    if (compareResourceVersions(resourceVersion, position.resourceVersion) < 0 && position.epoch === epoch.current) {
      logger.warn(
        { position: position.resourceVersion, resourceVersion },
        'the cluster was rewound; listing in a new epoch',
      );
      await epoch.rewind(position.epoch, this.#stop);
    }
    return snapshot;
  }

  async #list(signal: AbortSignal): Promise<Position> {
    const { epoch: clusterEpoch, logger, metrics, scope, cluster, now } = this.#options;
    const epoch = clusterEpoch.current;
    const previous = this.#position;
    this.#health.attempts('list');
    let listed = 0;
    const onItems = async (items: readonly Piece[], bytes: number): Promise<void> => {
      const envelope = { cluster, epoch, scope, receivedAt: now(), origin: 'list' } as const;
      metrics.received(bytes);
      const { records, breaks } = decodeItems(items, { envelope, previous, skips: this.#skips });
      listed += records.length;
      if (items.length > 0) await this.#offer({ epoch, records, breaks }, bytes);
    };
    const onPage = (): void => this.#health.works('listing');
    const { resourceVersion, asOf } = await listCollection({
      ...this.#options,
      request: this.#request,
      signal,
      onPage,
      onItems,
    });
    const observedUntil = Math.max(asOf, previous?.observedUntil ?? asOf);
    const breaks = previous ? [this.#breakSince(previous, observedUntil, epoch)] : [];
    await this.#offer({
      epoch,
      records: [],
      position: resourceVersion,
      observed: { from: observedUntil, to: observedUntil },
      breaks,
    });
    metrics.listed();
    const took = now() - asOf;
    for (const { cause, from, to, detail } of breaks) logger.warn({ cause, from, to, detail }, 'coverage has a break');
    logger.info({ events: listed, resourceVersion, took }, 'listed');
    this.#expired = false;
    this.#unsure = false;
    this.#interruption = undefined;
    return { epoch, resourceVersion, observedUntil };
  }

  #breakSince(previous: Position, to: number, epoch: number): Break {
    const { cause, detail } = this.#interruption ?? { cause: 'expired' };
    return {
      from: previous.observedUntil,
      to,
      cause: previous.epoch === epoch ? cause : 'rewound',
      healed: true,
      unknown: 'revisions',
      ...(detail !== undefined && { detail }),
    };
  }

  async #watch(position: Position, signal: AbortSignal): Promise<void> {
    const { timings, metrics, logger, random, now, intake } = this.#options;
    const { min, max } = timings.watchTimeoutMs;
    const timeoutSeconds = Math.max(1, Math.round((min + random() * (max - min)) / 1000));
    this.#health.attempts('watch');
    const { controller, unlink } = linkedAbort([signal]);
    const idle = new IdleRefresh({
      intervalMs: timings.refreshIntervalMs,
      refresh: async () => {
        const snapshot = await this.#refresh(this.#position ?? position, controller.signal);
        this.#health.heard();
        return snapshot;
      },
      logger,
    });
    let refreshing: Promise<void> | undefined;
    try {
      const end = await watchCollection({
        ...this.#options,
        request: this.#request,
        resourceVersion: position.resourceVersion,
        timeoutSeconds,
        signal,
        onOpen: () => {
          metrics.watchStarted();
          logger.debug({ resourceVersion: position.resourceVersion, timeoutSeconds }, 'watching');
          this.#health.works('watching');
          idle.touch();
          refreshing = idle.run(controller.signal);
        },
        gather: (read) => {
          idle.touch();
          return intake.nextGroup(read);
        },
        onFrames: async (frames, bytes) => {
          idle.touch();
          metrics.received(bytes);
          await this.#take(frames, bytes, now());
        },
      });
      if (end.clean) await this.#confirm(idle.confirmed());
      else await this.#reconnect(end.reason, end.lastedMs, signal);
    } finally {
      controller.abort();
      unlink();
      await refreshing;
    }
  }

  async #take(frames: readonly Piece[], bytes: number, receivedAt: number): Promise<void> {
    const { cluster, scope, expiry, metrics } = this.#options;
    const position = this.#position;
    if (!position || frames.length === 0) return;
    const { epoch } = position;
    const {
      records,
      deletions,
      position: resourceVersion,
      breaks,
      failure,
    } = decodeFrames(frames, {
      envelope: { cluster, epoch, scope, receivedAt, origin: 'watch', news: true },
      position: position.resourceVersion,
      corruptAfter: this.#corruptAfter,
      expiry,
      skips: this.#skips,
      metrics,
    });
    // An ERROR frame alone says nothing about what was observed.
    if (!failure || records.length > 0 || breaks.length > 0 || resourceVersion !== position.resourceVersion) {
      this.#health.heard();
      await this.#advance({ resourceVersion, asOf: receivedAt }, { records, deletions, breaks, bytes });
      this.#health.backoff.reset();
    } else this.#health.erred();
    if (failure) throw failure;
  }

  /** After a clean end. A frame may have overtaken the answer to the refresh: then that says nothing new. */
  async #confirm(refreshed: Snapshot | undefined): Promise<void> {
    this.#health.backoff.reset();
    if (!refreshed || !this.#position) return;
    if (compareResourceVersions(refreshed.resourceVersion, this.#position.resourceVersion) < 0) return;
    await this.#advance(refreshed);
  }

  /** Commits that everything up to a resourceVersion and an instant was observed. */
  async #advance(
    { resourceVersion, asOf }: Snapshot,
    { records = [], deletions = [], breaks = [], bytes = 0 }: Partial<Received> = {},
  ): Promise<void> {
    const position = this.#position;
    if (!position) return;
    const { epoch, observedUntil: from } = position;
    const to = Math.max(from, asOf);
    const observed = { from, to };
    await this.#offer({ epoch, records, deletions, position: resourceVersion, observed, breaks }, bytes);
    this.#position = { epoch, resourceVersion, observedUntil: to };
    this.#interruption = undefined;
  }

  /** After a connection that did not end as it should: it may be the server that was replaced. */
  async #reconnect(reason: string | undefined, lastedMs: number, signal: AbortSignal): Promise<void> {
    this.#options.logger.debug({ reason, lastedMs: Math.round(lastedMs) }, 'the watch ended early');
    this.#unsure = true;
    // One that lasted was no failed attempt.
    if (lastedMs > this.#options.timings.backoff.capMs) this.#health.backoff.reset();
    await this.#health.backoff.wait(signal);
  }

  /** Takes note of what failed, and returns after how many milliseconds to try again. */
  fail(error: unknown): number {
    const { kind, problem, delayMs } = this.#health.failed(error);
    this.#unsure = true;
    if (kind === 'expired') this.#expired = true;
    if (kind === 'damaged') this.#corruptAfter = this.#position?.resourceVersion;
    else this.#interruption ??= { cause: kind, detail: problem };
    return delayMs;
  }

  async #offer(batch: Omit<Batch, 'cluster' | 'scope'>, bytes = 0): Promise<void> {
    await handOver(this.#options, batch, bytes, this.#stop);
  }
}
