/** What watchers share: when something was committed, how far clusters are, and what changed last, read once for all. */
import type {
  ClusterVersions,
  EventChange,
  EventVersions,
  KnownCoverage,
  Version,
  VersionQuery,
} from '../../component/event-versions.ts';
import type { StoredEvent } from '../../component/history.ts';
import { LruMap } from '../../util/lru-map.ts';
import { CommitPoll } from '../commit-poll.ts';
import { servedVersion } from './served-version.ts';

/** Together some megabytes. */
const PAGES = 8;
const PAGE_CHANGES = 200;
/** The ledger grows with every commit, but what of it is told changes rarely. */
const COVERAGE_MS = 1_000;

export interface ChangePage {
  readonly changes: readonly EventChange[];
  /** Everything up to it is in this page, or was in those before. */
  readonly reached: number;
}

/** What the last commit brought to a cluster. */
export interface News {
  readonly cluster: ClusterVersions;
  /** The versions that it lies between. */
  readonly after: number;
  readonly upTo: number;
  /** Whether something of the namespace is among it; undefined asks for all of them. */
  concerns(namespace: string | undefined): boolean;
}

export class EventFeed {
  readonly versions: EventVersions;
  readonly #pages = new LruMap<string, Promise<ChangePage>>(PAGES);
  readonly #lastSeen = new LruMap<string, Promise<readonly StoredEvent[]>>(PAGES);
  readonly #closing = new AbortController();
  #clusters: { readonly dataVersion: number; readonly answer: Promise<readonly ClusterVersions[]> } | undefined;
  #coverage: { readonly at: number; readonly answer: Promise<KnownCoverage> } | undefined;
  /** As they were when watchers were called last. */
  #called: { readonly count: number; readonly answer: Promise<readonly ClusterVersions[]> } | undefined;
  readonly #commits: CommitPoll;
  readonly #watchers = new Set<() => void>();
  #stop: (() => void) | undefined;
  readonly #news = new Map<string, News>();
  #isCalling = false;
  /** While it is calling. */
  #isCalled = false;

  constructor(versions: EventVersions) {
    this.versions = versions;
    this.#commits = new CommitPoll(() => versions.dataVersion(), this.#closing.signal);
  }

  async clusters(): Promise<readonly ClusterVersions[]> {
    const dataVersion = this.versions.dataVersion();
    if (this.#clusters?.dataVersion !== dataVersion) this.#clusters = { dataVersion, answer: this.versions.clusters() };
    try {
      return await this.#clusters.answer;
    } catch (error) {
      // What could not be read now may be another time.
      this.#clusters = undefined;
      throw error;
    }
  }

  /** As it was within the last second. */
  async coverage(): Promise<KnownCoverage> {
    const now = performance.now();
    if (!this.#coverage || now - this.#coverage.at >= COVERAGE_MS) {
      this.#coverage = { at: now, answer: this.versions.coverage() };
    }
    try {
      return await this.#coverage.answer;
    } catch (error) {
      this.#coverage = undefined;
      throw error;
    }
  }

  /** The first changes behind `after`, up to a version that was reached. */
  async page(version: Version & { readonly epoch: number }, after: number): Promise<ChangePage> {
    const key = `${version.epoch} ${after} ${version.resourceVersion} ${version.cluster}`;
    let page = this.#pages.get(key);
    if (!page) {
      page = this.#read(version, after);
      this.#pages.set(key, page);
    }
    try {
      return await page;
    } catch (error) {
      this.#pages.delete(key);
      throw error;
    }
  }

  /**
   * Calls whenever something was committed, once what it brought is known, and every two seconds, until what it returns is
   * called.
   */
  watch(watcher: () => void): () => void {
    // Who joins may know of something newer.
    this.#called = undefined;
    this.#watchers.add(watcher);
    this.#stop ??= this.#commits.watch(() => void this.#call());
    return () => {
      this.#watchers.delete(watcher);
      if (this.#watchers.size > 0) return;
      this.#stop?.();
      this.#stop = undefined;
    };
  }

  /** For those who were called: so that who is not concerned needs not read. Undefined when it is not known. */
  news(cluster: string): News | undefined {
    return this.#news.get(cluster);
  }

  /** For those who were called: the same for all of them, and the store is asked once. */
  async called(): Promise<readonly ClusterVersions[]> {
    const { count } = this.#commits;
    if (this.#called?.count !== count) this.#called = { count, answer: this.clusters() };
    return this.#called.answer;
  }

  /** Watchers are called no more, and the store is not asked again by itself. */
  close(): void {
    this.#closing.abort();
  }

  async #call(): Promise<void> {
    this.#isCalled = true;
    if (this.#isCalling) return;
    this.#isCalling = true;
    try {
      while (this.#isCalled) {
        this.#isCalled = false;
        await this.#readAllNews();
        for (const watcher of this.#watchers) callOne(watcher);
      }
    } finally {
      this.#isCalling = false;
    }
  }

  async #readAllNews(): Promise<void> {
    try {
      for (const cluster of await this.called()) await this.#readNews(cluster);
    } catch {
      // Those who are called meet the error themselves.
      this.#news.clear();
    }
  }

  async #readNews(cluster: ClusterVersions): Promise<void> {
    const { name, epoch } = cluster;
    const upTo = servedVersion(cluster, undefined);
    const former = this.#news.get(name);
    if (upTo === undefined) {
      this.#news.delete(name);
      return;
    }
    const after = former?.cluster.epoch === epoch ? former.upTo : upTo;
    const { changes, reached } = await this.page({ cluster: name, epoch, resourceVersion: upTo }, after);
    const namespaces = new Set(changes.flatMap(({ event, before }) => [event, before]).map(namespaceOf));
    const concerns = (namespace: string | undefined): boolean =>
      reached < upTo || (namespace === undefined ? changes.length > 0 : namespaces.has(namespace));
    this.#news.set(name, { cluster, after, upTo, concerns });
  }

  async #read(version: Version, after: number): Promise<ChangePage> {
    const changes: EventChange[] = [];
    let reached = version.resourceVersion;
    for await (const change of this.versions.changes(version, after)) {
      const last = changes.at(-1)?.resourceVersion;
      // What has one version stays together: etcd deletes all at once that shared a lease.
      if (changes.length >= PAGE_CHANGES && last !== undefined && last !== change.resourceVersion) {
        reached = last;
        break;
      }
      changes.push(change);
    }
    return { changes, reached };
  }

  /** What in the state of a version was last seen between two instants, which should lie close together. */
  async lastSeen(version: Version, since: number, until: number): Promise<readonly StoredEvent[]> {
    const key = `${version.resourceVersion} ${since} ${until} ${version.cluster}`;
    let found = this.#lastSeen.get(key);
    if (!found) {
      found = this.#readLastSeen({ ...version, query: { since, until } });
      this.#lastSeen.set(key, found);
    }
    try {
      return await found;
    } catch (error) {
      this.#lastSeen.delete(key);
      throw error;
    }
  }

  async #readLastSeen(query: VersionQuery): Promise<readonly StoredEvent[]> {
    const events: StoredEvent[] = [];
    for await (const page of this.versions.at(query)) events.push(...page.map(({ event }) => event));
    return events;
  }
}

/** One that fails keeps nobody from being called: not the others now, nor all of them the next time. */
function callOne(watcher: () => void): void {
  try {
    watcher();
  } catch {
    // It is called again.
  }
}

function namespaceOf(event: StoredEvent | undefined): string | undefined {
  return event?.body.metadata.namespace;
}
