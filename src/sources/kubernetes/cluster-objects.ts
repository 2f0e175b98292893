/**
 * The objects of one cluster. The first question about a kind begins a watch of that kind's metadata
 * (metadata-watcher.ts) into a cache (object-cache.ts); what is not in there is asked for by one GET, at a bounded rate.
 * Who asks waits for a bounded time: for the first list of a kind, for a GET, and after one that took too long for
 * nothing at all for a while. What comes too late is there for the next question.
 */
import { messageOf } from '../../core/errors.ts';
import type { Logger } from '../../telemetry/log.ts';
import { linkedAbort } from '../../util/linked-abort.ts';
import { sleep } from '../../util/sleep.ts';
import { type ApiResource, ApiResources } from './api-resources.ts';
import { ApiStatusError } from './api-status.ts';
import type { KubernetesClient } from './client.ts';
import type { LookupMetrics, LookupOutcome } from './lookup-metrics.ts';
import { METADATA, MetadataWatcher } from './metadata-watcher.ts';
import { type CachedObject, ObjectCache } from './object-cache.ts';
import { objectMetadata } from './object-metadata.ts';
import { RequestRate } from './request-rate.ts';
import { DEFAULT_TIMINGS, type WatchTimings } from './watch-timings.ts';

/** What tells an object of a cluster. */
export interface ObjectId {
  readonly apiVersion: string;
  readonly kind: string;
  /** Empty where there is none, or none is known. */
  readonly namespace: string;
  readonly name: string;
  /** Absent: the one that had the name at the time. */
  readonly uid?: string;
  /** When it is known to have been there, by the cluster's clock, and by ours. In milliseconds. */
  readonly time: number;
  readonly receivedAt: number;
}

export interface ClusterObjectsOptions {
  readonly client: KubernetesClient;
  /** Those that are watched; absent: all. Only their objects can be read. */
  readonly namespaces?: readonly string[];
  readonly maxBytes: number;
  readonly logger: Logger;
  readonly metrics: LookupMetrics;
  readonly timings?: Partial<ObjectTimings>;
  readonly now?: () => number;
  readonly random?: () => number;
}

export interface ObjectTimings {
  readonly watch: WatchTimings;
  /** How long a question waits for the first list of its kind, from when that begins. */
  readonly listWaitMs: number;
  /** And for a request of its own. */
  readonly requestWaitMs: number;
  /** After such a request took too long no question waits for this long. */
  readonly impatienceMs: number;
  /** How long a deleted object is remembered: as long as the API server by default keeps what was said of it. */
  readonly tombstoneMs: number;
  /** Requests for single objects. */
  readonly requests: { readonly perSecond: number; readonly burst: number };
  /** Until a right that is missing is asked for again. */
  readonly refusedMs: number;
}

const TIMINGS: ObjectTimings = {
  // Metadata of an object is a few kilobytes: a page comes and goes in some milliseconds.
  watch: { ...DEFAULT_TIMINGS, pageLimit: 500 },
  listWaitMs: 10_000,
  requestWaitMs: 1_000,
  impatienceMs: 5_000,
  tombstoneMs: 3_600_000,
  // As many as a controller of Kubernetes allows itself:
  // https://github.com/kubernetes/kubernetes/blob/v1.35.4/pkg/controller/apis/config/v1alpha1/defaults.go
  requests: { perSecond: 20, burst: 30 },
  refusedMs: 60_000,
};

/** Any number of kinds can be in events; those beyond are asked for one by one. */
const MAX_WATCHES = 64;

/** What is known without asking: `undefined` is nothing. */
export type Known = CachedObject | 'gone' | 'refused';
/** What came of asking. */
export type Brought = 'known' | Exclude<LookupOutcome, 'hit' | 'miss'>;

interface Collection {
  readonly name: string;
  readonly resource: ApiResource;
  readonly watcher: MetadataWatcher | undefined;
  readonly began: number;
  /** Until when single objects are not asked for: that was refused. */
  refusedUntil: number;
}

export class ClusterObjects {
  readonly cache: ObjectCache;
  readonly #options: ClusterObjectsOptions;
  readonly #timings: ObjectTimings;
  readonly #now: () => number;
  readonly #resources: ApiResources;
  readonly #rate: RequestRate;
  readonly #stopping = new AbortController();
  readonly #runs: Promise<void>[] = [];
  readonly #collections = new Map<string, Collection>();
  /** By apiVersion and kind, as events write them. */
  readonly #kinds = new Map<string, ApiResource>();
  readonly #asking = new Map<string, Promise<Brought>>();
  #impatientUntil = 0;

  constructor(options: ClusterObjectsOptions) {
    const { client, maxBytes, timings, now = Date.now } = options;
    this.#options = options;
    this.#timings = { ...TIMINGS, ...timings };
    this.#now = now;
    this.#rate = new RequestRate({ ...this.#timings.requests, now });
    this.#resources = new ApiResources({ client, rate: this.#rate, now, signal: this.#stopping.signal });
    this.cache = new ObjectCache({
      maxBytes,
      tombstoneMs: this.#timings.tombstoneMs,
      now,
      onForgotten: (name) => this.#collections.get(name)?.watcher?.forgotten(),
    });
  }

  known(id: ObjectId): Known | undefined {
    const byUid = id.uid !== undefined && this.cache.get(id.uid);
    if (byUid) return byUid;
    const resource = this.#kinds.get(kindKey(id));
    const byName = id.uid === undefined ? this.#cachedByName(id, resource) : undefined;
    if (byName !== undefined) return byName;
    const watcher = resource && this.#collections.get(this.#nameOf(resource, id))?.watcher;
    if (watcher?.isRefused) return 'refused';
    return (watcher?.completeUntil ?? 0) > id.receivedAt ? 'gone' : undefined;
  }

  /** Asks for what is not known. */
  async bring(id: ObjectId): Promise<Brought> {
    const { signal } = this.#stopping;
    const { requestWaitMs, listWaitMs } = this.#timings;
    if (signal.aborted) return 'late';
    const resource = this.#kinds.get(kindKey(id)) ?? (await this.#within(requestWaitMs, this.#find(id)));
    if (typeof resource !== 'object') return resource ?? 'late';
    const collection = this.#collection(resource, id);
    if (collection.watcher) {
      const waitMs = collection.began + listWaitMs - this.#now();
      if (waitMs > 0) await this.#within(waitMs, collection.watcher.started);
    }
    const known = this.known(id);
    if (known !== undefined) return typeof known === 'string' ? known : 'known';
    return this.#get(collection, id);
  }

  async close(): Promise<void> {
    this.#stopping.abort();
    await this.#options.client.close();
    await Promise.all(this.#runs);
  }

  /** The one that had the name at the time, or another one that shows that it is gone. */
  #cachedByName({ namespace, name, time, ...id }: ObjectId, resource: ApiResource | undefined): Known | undefined {
    if (!resource) return undefined;
    const cached = this.cache.getByName(this.#nameOf(resource, { ...id, namespace }), namespace, name);
    if (!cached?.metadata) return undefined;
    if (cached.metadata.created > time) return 'gone';
    return cached.deletedAt !== undefined && cached.deletedAt < time ? undefined : cached;
  }

  async #find(id: ObjectId): Promise<ApiResource | 'unknown' | 'late'> {
    try {
      const resource = await this.#resources.find(id.apiVersion, id.kind);
      if (!resource) return 'unknown';
      this.#kinds.set(kindKey(id), resource);
      return resource;
    } catch (error) {
      this.#options.logger.debug({ ...id, problem: messageOf(error) }, 'cannot find out the resource of a kind');
      return 'late';
    }
  }

  /** One for the cluster, or one a namespace where only some of them are watched. Other versions are the same objects. */
  #nameOf({ group, name, namespaced }: ApiResource, { namespace }: Pick<ObjectId, 'namespace'>): string {
    const resource = group === '' ? name : `${name}.${group}`;
    return namespaced && this.#options.namespaces ? `${resource} in ${namespace}` : resource;
  }

  #collection(resource: ApiResource, id: ObjectId): Collection {
    const name = this.#nameOf(resource, id);
    let collection = this.#collections.get(name);
    if (!collection) {
      const watcher = this.#isWatched(resource, id) ? this.#watch(name, resource, id) : undefined;
      collection = { name, resource, watcher, began: this.#now(), refusedUntil: 0 };
      this.#collections.set(name, collection);
    }
    return collection;
  }

  #isWatched({ watchable, namespaced }: ApiResource, { namespace }: ObjectId): boolean {
    const { namespaces } = this.#options;
    if (!watchable || this.#runs.length >= MAX_WATCHES) return false;
    return !namespaced || !namespaces || namespaces.includes(namespace);
  }

  #watch(collection: string, resource: ApiResource, id: ObjectId): MetadataWatcher {
    const { client, logger, metrics, namespaces, random = Math.random } = this.#options;
    const namespace = resource.namespaced && namespaces ? id.namespace : undefined;
    const watcher = new MetadataWatcher({
      client,
      collection,
      request: { resource: resource.name, path: pathOf(resource, namespace), query: {} },
      place: namespace === undefined ? 'the cluster' : `namespace ${namespace}`,
      cache: this.cache,
      timings: this.#timings.watch,
      refusedMs: this.#timings.refusedMs,
      logger,
      onRequest: (verb) => metrics.asked(verb),
      now: this.#now,
      random,
    });
    this.#runs.push(watcher.run(this.#stopping.signal));
    return watcher;
  }

  async #get(collection: Collection, id: ObjectId): Promise<Brought> {
    const { requestWaitMs, impatienceMs } = this.#timings;
    const now = this.#now();
    if (collection.refusedUntil > now) return 'refused';
    if (collection.resource.namespaced && id.namespace === '') return 'unknown';
    const key = id.uid ?? `${collection.name}\n${id.namespace}\n${id.name}`;
    let asking = this.#asking.get(key);
    if (!asking) {
      const waitMs = this.#rate.take(requestWaitMs);
      if (waitMs === undefined) return 'late';
      asking = this.#request(collection, id, waitMs).finally(() => this.#asking.delete(key));
      this.#asking.set(key, asking);
    }
    if (this.#impatientUntil > now) return 'late';
    const brought = await this.#within(requestWaitMs, asking);
    if (brought === undefined) this.#impatientUntil = this.#now() + impatienceMs;
    return brought ?? 'late';
  }

  async #request(collection: Collection, id: ObjectId, waitMs: number): Promise<Brought> {
    const { client, metrics } = this.#options;
    const { resource, name } = collection;
    const { signal } = this.#stopping;
    if (waitMs > 0) await sleep(waitMs, signal);
    if (signal.aborted) return 'late';
    metrics.asked('get');
    try {
      const path = `${pathOf(resource, id.namespace)}/${encodeURIComponent(id.name)}`;
      const object = await client.getJson<{ readonly metadata?: unknown } | null>(path, { accept: METADATA, signal });
      const metadata = objectMetadata(object?.metadata);
      if (metadata) this.cache.put(name, metadata);
      return this.#isIt(metadata?.uid, id) && this.known(id) !== undefined ? 'known' : this.#bury(name, id);
    } catch (error) {
      if (error instanceof ApiStatusError && error.status === 404) return this.#bury(name, id);
      return this.#failed(collection, error);
    }
  }

  /** Another one of the same name is not. */
  #isIt(uid: string | undefined, id: ObjectId): boolean {
    return uid !== undefined && (id.uid === undefined || id.uid === uid);
  }

  #bury(collection: string, { uid }: ObjectId): Brought {
    if (uid === undefined) return 'gone';
    this.cache.bury(collection, uid);
    return 'known';
  }

  #failed(collection: Collection, error: unknown): Brought {
    const { logger } = this.#options;
    const problem = messageOf(error);
    if (!(error instanceof ApiStatusError) || (error.status !== 403 && error.status !== 401)) {
      logger.debug({ problem }, 'cannot read an object');
      return 'late';
    }
    if (collection.refusedUntil === 0) {
      const rule = `RBAC rule missing: verb "get" on resource "${collection.resource.name}": ${problem}`;
      logger.warn({ resource: collection.resource.name, problem: rule }, 'some objects stay without labels and owners');
    }
    collection.refusedUntil = this.#now() + this.#timings.refusedMs;
    return 'refused';
  }

  /** What the promise comes to; undefined when that takes longer, or when all of this ends. */
  async #within<T>(ms: number, promise: Promise<T>): Promise<T | undefined> {
    const { controller, unlink } = linkedAbort([this.#stopping.signal]);
    try {
      return await Promise.race([promise, sleep(ms, controller.signal).then(() => undefined)]);
    } finally {
      controller.abort();
      unlink();
    }
  }
}

function kindKey({ apiVersion, kind }: ObjectId): string {
  return `${apiVersion}\n${kind}`;
}

function pathOf({ group, version, name, namespaced }: ApiResource, namespace: string | undefined): string {
  const root = group === '' ? `/api/${version}` : `/apis/${group}/${version}`;
  if (!namespaced || namespace === undefined) return `${root}/${name}`;
  return `${root}/namespaces/${encodeURIComponent(namespace)}/${name}`;
}
