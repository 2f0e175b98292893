/** The objects of all clusters. Nothing is opened before somebody asks. */
import type { InvolvedObject } from '../component/message.ts';
import type { ObjectLookup } from '../component/object-lookup.ts';
import { messageOf } from '../core/errors.ts';
import type { EventRecord } from '../core/record.ts';
import { LOOKUP_OUTCOMES, type LookupOutcome } from '../sources/kubernetes/lookup-metrics.ts';
import type { KubernetesObjectLookup } from '../sources/kubernetes/object-lookup.ts';
import type { Logger } from '../telemetry/log.ts';
import { createObjectMetrics, type ObjectMetrics } from '../telemetry/object-metrics.ts';
import type { DeliveryMetrics } from '../telemetry/sink-metrics.ts';
import type { ClusterConfig } from './collector.ts';

export interface InvolvedObjectsOptions {
  readonly clusters: readonly ClusterConfig[];
  readonly registry: DeliveryMetrics['registry'];
  readonly logger: Logger;
}

/** What metadata may take in memory, in all clusters together: that of some 40,000 pods as they commonly are. */
const MAX_BYTES = 32 * 1024 * 1024;
/** Until a kubeconfig that cannot be used is tried again. */
const RETRY_MS = 30_000;

type Lookups = ReadonlyMap<string, KubernetesObjectLookup>;

export class InvolvedObjects implements ObjectLookup {
  readonly #options: InvolvedObjectsOptions;
  readonly #metrics: ObjectMetrics;
  #opening: Promise<Lookups> | undefined;
  #opened: Lookups = new Map();
  #retryAt = 0;
  #closed = false;

  constructor(options: InvolvedObjectsOptions) {
    this.#options = options;
    this.#metrics = createObjectMetrics(options.registry, () => this.#measure());
  }

  async lookUp(records: readonly EventRecord[]): Promise<readonly (InvolvedObject | undefined)[]> {
    const lookups = await this.#lookups();
    const cluster = records[0]?.cluster ?? '';
    if (records.every((record) => record.cluster === cluster)) {
      return (await lookups.get(cluster)?.lookUp(records)) ?? records.map(() => undefined);
    }
    const byCluster = Map.groupBy(records.keys(), (index) => records[index]?.cluster ?? '');
    const found: (InvolvedObject | undefined)[] = Array(records.length).fill(undefined);
    await Promise.all(
      Array.from(byCluster, async ([name, places]) => {
        const own = places.flatMap((index) => records[index] ?? []);
        const objects = (await lookups.get(name)?.lookUp(own)) ?? [];
        for (const [order, index] of places.entries()) found[index] = objects[order];
      }),
    );
    return found;
  }

  async close(): Promise<void> {
    this.#closed = true;
    const lookups = await this.#opening;
    await Promise.all(Array.from(lookups?.values() ?? [], (lookup) => lookup.close()));
  }

  async #lookups(): Promise<Lookups> {
    if (!this.#opening && !this.#closed && performance.now() >= this.#retryAt) this.#opening = this.#open();
    return (await this.#opening) ?? this.#opened;
  }

  async #open(): Promise<Lookups> {
    const { clusters, logger } = this.#options;
    try {
      // Only who asks for objects needs a client in this thread.
      const [{ connectCluster }, { createKubernetesObjectLookup }] = await Promise.all([
        import('./connect-cluster.ts'),
        import('../sources/kubernetes/object-lookup.ts'),
      ]);
      const connected = await Promise.all(clusters.map(connectCluster));
      this.#opened = new Map(
        connected.map(({ name, client, settings: { namespaces } }) => [
          name,
          createKubernetesObjectLookup({
            client,
            ...(namespaces && { namespaces }),
            maxBytes: Math.floor(MAX_BYTES / clusters.length),
            logger: logger.child({ cluster: name }),
            metrics: {
              looked: countersOf(this.#metrics, name),
              asked: (verb) => this.#metrics.requests.inc({ cluster: name, verb }),
            },
          }),
        ]),
      );
    } catch (error) {
      logger.warn({ problem: messageOf(error) }, 'objects cannot be looked up: they stay without labels and owners');
      this.#retryAt = performance.now() + RETRY_MS;
      this.#opening = undefined;
    }
    return this.#opened;
  }

  #measure(): void {
    for (const [cluster, lookup] of this.#opened) {
      const { bytes, alive, deleted } = lookup.usage();
      this.#metrics.bytes.set({ cluster }, bytes);
      this.#metrics.objects.set({ cluster, state: 'alive' }, alive);
      this.#metrics.objects.set({ cluster, state: 'deleted' }, deleted);
    }
  }
}

/** Looked up once: there is one for every record. */
function countersOf({ lookups }: ObjectMetrics, cluster: string): (outcome: LookupOutcome) => void {
  const counters = new Map(LOOKUP_OUTCOMES.map((outcome) => [outcome, lookups.labels(cluster, outcome)]));
  return (outcome) => counters.get(outcome)?.inc();
}
