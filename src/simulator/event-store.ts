/**
 * The events of the simulated cluster as etcd and the API server keep them: one resourceVersion for every write of any
 * kind, leases that expire together, a log of changes that is compacted, and lists as of an earlier resourceVersion.
 *
 * https://github.com/kubernetes/apiserver/blob/v0.35.4/pkg/storage/etcd3/lease_manager.go
 * https://github.com/kubernetes/apiserver/blob/v0.35.4/pkg/storage/etcd3/compact.go
 */
import { SortedKeys } from './sorted-keys.ts';

/** One revision of an event. `json` is the object as core/v1 serves it in a watch, serialised once. */
export interface StoredEvent {
  readonly namespace: string;
  readonly name: string;
  readonly resourceVersion: number;
  readonly json: string;
}

export interface Change {
  readonly type: 'ADDED' | 'MODIFIED' | 'DELETED';
  readonly resourceVersion: number;
  /** What a watch shows: for DELETED the last state under the deletion's resourceVersion. */
  readonly event: StoredEvent;
  /** What the change replaced. */
  readonly before: StoredEvent | undefined;
}

export interface EventStoreOptions {
  readonly resourceVersion: number;
  readonly ttlMs: number;
  /** How often the log is compacted; a change stays in it for one to two of these. */
  readonly compactionMs: number;
}

export interface Page {
  readonly resourceVersion: number;
  readonly items: readonly StoredEvent[];
  /** Where the next page starts, when there is one. */
  readonly next: string | undefined;
  /** How many items follow this page. */
  readonly remaining: number;
}

/** A state to go back to. */
export interface Snapshot {
  readonly resourceVersion: number;
  readonly live: ReadonlyMap<string, Live>;
  readonly leases: readonly Lease[];
}

interface Live {
  readonly event: StoredEvent;
  readonly lease: Lease;
}

interface Lease {
  readonly expiresAt: number;
  readonly keys: Set<string>;
}

// The API server attaches at most 1,000 events to a lease and grants a new one after 5 % of the TTL, at most 60 s.
const LEASE_KEYS = 1_000;
const LEASE_REUSE_SHARE = 0.05;
const LEASE_REUSE_MAX_MS = 60_000;

export class EventStore {
  readonly #options: EventStoreOptions;
  readonly #live = new Map<string, Live>();
  readonly #keys = new SortedKeys();
  readonly #listeners = new Set<() => void>();
  // Ascending by expiresAt.
  #leases: Lease[] = [];
  #granted: Lease | undefined;
  #resourceVersion: number;
  #compacted = 0;
  #compactNextTo = 0;
  // Ascending by resourceVersion; several changes may share one.
  #log: Change[] = [];
  #logStart = 0;
  #generation = 0;

  constructor(options: EventStoreOptions) {
    this.#options = options;
    this.#resourceVersion = options.resourceVersion;
    this.#compactNextTo = options.resourceVersion;
  }

  get resourceVersion(): number {
    return this.#resourceVersion;
  }

  /** Changes below this are gone: a list from before it, or a watch from more than one before it, has expired. */
  get compacted(): number {
    return this.#compacted;
  }

  get size(): number {
    return this.#live.size;
  }

  /** Counts restores: a watch that was opened in an earlier generation is over. */
  get generation(): number {
    return this.#generation;
  }

  /** Called after every change; returns how to stop that. */
  onChange(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Writes of other kinds, which nobody here sees but in the resourceVersion. */
  skip(writes: number): void {
    this.#resourceVersion += writes;
  }

  get(namespace: string, name: string): StoredEvent | undefined {
    return this.#live.get(keyOf(namespace, name))?.event;
  }

  /** Creates the event, or replaces it; `serialise` gets the resourceVersion of the write. Renews its time to live. */
  put(namespace: string, name: string, now: number, serialise: (resourceVersion: string) => string): StoredEvent {
    const key = keyOf(namespace, name);
    const before = this.#live.get(key);
    this.#resourceVersion += 1;
    const resourceVersion = this.#resourceVersion;
    const event: StoredEvent = { namespace, name, resourceVersion, json: serialise(String(resourceVersion)) };
    const lease = this.#leaseAt(now);
    before?.lease.keys.delete(key);
    lease.keys.add(key);
    this.#live.set(key, { event, lease });
    if (!before) this.#keys.add(key);
    this.#append({ type: before ? 'MODIFIED' : 'ADDED', resourceVersion, event, before: before?.event });
    this.#notify();
    return event;
  }

  /** Somebody deletes it before its time. */
  delete(namespace: string, name: string): void {
    const key = keyOf(namespace, name);
    const entry = this.#live.get(key);
    if (!entry) return;
    entry.lease.keys.delete(key);
    this.#resourceVersion += 1;
    this.#remove(key);
    this.#notify();
  }

  /** When the next lease ends, if there is one. */
  get nextExpiry(): number | undefined {
    return this.#leases[0]?.expiresAt;
  }

  /** Lets go of what has expired: one resourceVersion for all events of a lease. */
  expire(now: number): void {
    let expired = false;
    for (let lease = this.#leases[0]; lease && lease.expiresAt <= now; lease = this.#leases[0]) {
      this.#leases.shift();
      if (lease.keys.size === 0) continue;
      expired = true;
      this.#resourceVersion += 1;
      for (const key of lease.keys) this.#remove(key);
    }
    if (expired) this.#notify();
  }

  /** To be called every `compactionMs`: forgets what was already there when it was called the last time. */
  compact(): void {
    this.#compacted = this.#compactNextTo;
    this.#compactNextTo = this.#resourceVersion;
    const kept = this.#firstAfter(this.#compacted - 1);
    this.#log.splice(0, kept);
    this.#logStart += kept;
  }

  /** Where a watch from `resourceVersion` starts in the log. */
  positionAfter(resourceVersion: number): number {
    return this.#logStart + this.#firstAfter(resourceVersion);
  }

  /** The change at a position: `undefined` when it is yet to come, 'compacted' when it is no longer there. */
  changeAt(position: number): Change | 'compacted' | undefined {
    return position < this.#logStart ? 'compacted' : this.#log[position - this.#logStart];
  }

  /**
   * Events with keys in [`from`, `until`), as they were at `resourceVersion` (not below `compacted`), in the order of
   * their keys. `select` says which count.
   */
  page(
    from: string,
    until: string,
    limit: number,
    resourceVersion: number,
    select?: (event: StoredEvent) => boolean,
  ): Page {
    const past = this.#changedSince(resourceVersion);
    const items: StoredEvent[] = [];
    let next: string | undefined;
    for (const key of this.#keysAt(from, past)) {
      if (key >= until) break;
      const event = past.has(key) ? past.get(key) : this.#live.get(key)?.event;
      if (!event || select?.(event) === false) continue;
      if (items.length === limit) {
        next = key;
        break;
      }
      items.push(event);
    }
    const remaining = next === undefined ? 0 : this.#countAt(next, until, past);
    return { resourceVersion, items, next, remaining };
  }

  snapshot(): Snapshot {
    const leases = this.#leases.map((lease) => ({ expiresAt: lease.expiresAt, keys: new Set(lease.keys) }));
    const copies = new Map(this.#leases.map((lease, i) => [lease, leases[i]]));
    const live = new Map<string, Live>();
    for (const [key, entry] of this.#live) live.set(key, { ...entry, lease: copies.get(entry.lease) ?? entry.lease });
    return { resourceVersion: this.#resourceVersion, live, leases };
  }

  /** Goes back: later writes reuse the resourceVersions since. Open watches are over. */
  restore(snapshot: Snapshot): void {
    this.#resourceVersion = snapshot.resourceVersion;
    this.#live.clear();
    for (const [key, entry] of snapshot.live) this.#live.set(key, entry);
    this.#keys.reset(this.#live.keys());
    this.#leases = [...snapshot.leases];
    this.#granted = undefined;
    this.#log.length = this.#firstAfter(snapshot.resourceVersion);
    this.#compacted = Math.min(this.#compacted, snapshot.resourceVersion);
    this.#compactNextTo = Math.min(this.#compactNextTo, snapshot.resourceVersion);
    this.#generation += 1;
    this.#notify();
  }

  #leaseAt(now: number): Lease {
    const { ttlMs } = this.#options;
    const reuseMs = Math.min(ttlMs * LEASE_REUSE_SHARE, LEASE_REUSE_MAX_MS);
    const last = this.#granted;
    if (last && last.keys.size < LEASE_KEYS) {
      const left = last.expiresAt - now - ttlMs;
      if (left > 0 && left <= reuseMs) return last;
    }
    const lease = { expiresAt: Math.ceil(now + ttlMs + reuseMs), keys: new Set<string>() };
    const after = this.#leases.findLastIndex((other) => other.expiresAt <= lease.expiresAt);
    this.#leases.splice(after + 1, 0, lease);
    this.#granted = lease;
    return lease;
  }

  #remove(key: string): void {
    const before = this.#live.get(key)?.event;
    if (!before) return;
    this.#live.delete(key);
    this.#keys.delete(key);
    const resourceVersion = this.#resourceVersion;
    const json = before.json.replace(
      `"resourceVersion":"${before.resourceVersion}"`,
      `"resourceVersion":"${resourceVersion}"`,
    );
    this.#append({ type: 'DELETED', resourceVersion, event: { ...before, resourceVersion, json }, before });
  }

  #append(change: Change): void {
    this.#log.push(change);
  }

  #notify(): void {
    for (const listener of this.#listeners) listener();
  }

  #firstAfter(resourceVersion: number): number {
    let low = 0;
    let high = this.#log.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((this.#log[middle]?.resourceVersion ?? 0) > resourceVersion) high = middle;
      else low = middle + 1;
    }
    return low;
  }

  // What has changed since: each key with its event of then, undefined when there was none.
  #changedSince(resourceVersion: number): Map<string, StoredEvent | undefined> {
    const past = new Map<string, StoredEvent | undefined>();
    for (let i = this.#firstAfter(resourceVersion); i < this.#log.length; i += 1) {
      const change = this.#log[i];
      if (!change) continue;
      const key = keyOf(change.event.namespace, change.event.name);
      if (!past.has(key)) past.set(key, change.before);
    }
    return past;
  }

  *#keysAt(from: string, past: ReadonlyMap<string, StoredEvent | undefined>): Generator<string, void> {
    const gone = [...past.keys()].filter((key) => key >= from && !this.#live.has(key)).sort((a, b) => (a < b ? -1 : 1));
    let next = 0;
    for (const key of this.#keys.from(from)) {
      for (; next < gone.length && (gone[next] ?? '') < key; next += 1) yield gone[next] ?? '';
      yield key;
    }
    yield* gone.slice(next);
  }

  #countAt(from: string, until: string, past: ReadonlyMap<string, StoredEvent | undefined>): number {
    let count = this.#keys.rank(until) - this.#keys.rank(from);
    for (const [key, before] of past) {
      if (key >= from && key < until) count += Number(before !== undefined) - Number(this.#live.has(key));
    }
    return count;
  }
}

function keyOf(namespace: string, name: string): string {
  return `${namespace}/${name}`;
}
