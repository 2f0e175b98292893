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

  /** Calls whenever something was committed, and every two seconds, until what it returns is called. */
  watch(watcher: () => void): () => void {
    // Who joins may know of something newer.
    this.#called = undefined;
    return this.#commits.watch(watcher);
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
