/** All events of one cluster: its scopes side by side, each with a watcher of its own, in one shared epoch. */
import type { ClusterState } from '../../component/log.ts';
import type { Intake, ScopeStatus, Source } from '../../component/source.ts';
import type { Logger } from '../../telemetry/log.ts';
import { sleep } from '../../util/sleep.ts';
import type { KubernetesClient } from './client.ts';
import { ClusterEpoch } from './cluster-epoch.ts';
import { clusterUid } from './cluster-uid.ts';
import { ExpiryClassifier } from './expiry-classifier.ts';
import { ScopeWatcher } from './scope-watcher.ts';
import { scopesOf } from './scopes.ts';
import type { SourceMetrics } from './source-metrics.ts';
import { DEFAULT_TIMINGS, type WatchTimings } from './watch-timings.ts';

export interface KubernetesSourceOptions {
  readonly cluster: {
    readonly name: string;
    /** Absent or empty: all. */
    readonly namespaces?: readonly string[];
    /** How long the API server keeps events (`--event-ttl`); absent: learned. */
    readonly eventTTLMs?: number;
  };
  readonly client: KubernetesClient;
  readonly intake: Intake;
  readonly logger: Logger;
  readonly metrics: SourceMetrics;
  readonly timings?: Partial<WatchTimings>;
  /** As Date.now. */
  readonly now?: () => number;
  /** As Math.random. */
  readonly random?: () => number;
}

export function createKubernetesSource(options: KubernetesSourceOptions): Source {
  return new KubernetesSource(options);
}

class KubernetesSource implements Source {
  readonly #options: KubernetesSourceOptions;
  readonly #epoch: ClusterEpoch;
  readonly #watchers: readonly ScopeWatcher[];

  constructor(options: KubernetesSourceOptions) {
    const { cluster, client, intake, metrics, timings, now = Date.now, random = Math.random } = options;
    this.#options = options;
    this.#epoch = new ClusterEpoch((current, signal) => this.#beginEpoch(current, signal));
    const expiry = new ExpiryClassifier(cluster.eventTTLMs);
    this.#watchers = scopesOf(cluster.namespaces).map(
      (scope) =>
        new ScopeWatcher({
          cluster: cluster.name,
          scope,
          epoch: this.#epoch,
          client,
          intake,
          expiry,
          logger: options.logger.child({ scope }),
          metrics,
          timings: { ...DEFAULT_TIMINGS, ...timings },
          now,
          random,
        }),
    );
  }

  status(): readonly ScopeStatus[] {
    return this.#watchers.map((watcher) => watcher.status);
  }

  async run(signal: AbortSignal): Promise<void> {
    const state = await this.#registered(signal);
    if (!state) return;
    this.#epoch.resume(state.epoch);
    await Promise.all(this.#watchers.map((watcher) => watcher.run(state.positions.get(watcher.scope), signal)));
  }

  /** Undefined only when the signal was aborted first. */
  async #registered(signal: AbortSignal): Promise<ClusterState | undefined> {
    while (!signal.aborted) {
      try {
        return await this.#register(signal);
      } catch (error) {
        if (!signal.aborted) await sleep(Math.min(...this.#watchers.map((watcher) => watcher.fail(error))), signal);
      }
    }
    return undefined;
  }

  async #register(signal: AbortSignal): Promise<ClusterState> {
    const { cluster, client, intake } = this.#options;
    const uid = await clusterUid(client, signal);
    return intake.register({ name: cluster.name, ...(uid !== undefined && { uid }) });
  }

  /** A rewound cluster may be another one under the same name: then the log itself counts it as the next epoch. */
  async #beginEpoch(current: number, signal: AbortSignal): Promise<number> {
    const { epoch } = await this.#register(signal);
    return Math.max(epoch, current + 1);
  }
}
