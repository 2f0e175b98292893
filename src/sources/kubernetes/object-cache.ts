/**
 * What is known of the objects of a cluster, in a bounded number of bytes. Those that were not asked for longest are
 * forgotten first; deleted ones stay for a while, since what is said about an object's end is said after it.
 *
 * What is alive can be asked for again and what is gone cannot, so a deleted one is forgotten before its time only when
 * deleted ones fill more than half of the memory.
 */
import { type ObjectMetadata, sizeOf } from './object-metadata.ts';

export interface ObjectCacheOptions {
  readonly maxBytes: number;
  /** How long a deleted object is remembered. */
  readonly tombstoneMs: number;
  readonly now: () => number;
  /** Told when an object is forgotten that is alive: what its collection has is no longer all there is. */
  readonly onForgotten: (collection: string) => void;
}

/** One object. */
export interface CachedObject {
  readonly collection: string;
  /** Absent where all that is known is that there is no such object any more. */
  readonly metadata?: ObjectMetadata;
  /** When it was found to be gone, in milliseconds; absent while it is alive. */
  readonly deletedAt?: number;
  /** What an event told of the node a pod is on. */
  node?: string;
}

interface Entry extends CachedObject {
  readonly key: string;
  readonly bytes: number;
  readonly name: string | undefined;
}

/** Of an object that is known to be gone, and nothing else. */
const EMPTY_BYTES = 200;

export class ObjectCache {
  readonly #options: ObjectCacheOptions;
  /** Both by UID: the least recently used first, and the first deleted first. */
  readonly #alive = new Map<string, Entry>();
  readonly #deleted = new Map<string, Entry>();
  /** The newest of each name. */
  readonly #names = new Map<string, Entry>();
  #bytes = 0;
  #deletedBytes = 0;

  constructor(options: ObjectCacheOptions) {
    this.#options = options;
  }

  get bytes(): number {
    return this.#bytes;
  }

  get alive(): number {
    return this.#alive.size;
  }

  get deleted(): number {
    return this.#deleted.size;
  }

  /** Whether more can be taken without forgetting what is alive. */
  get hasRoom(): boolean {
    return this.#bytes < this.#options.maxBytes * 0.9;
  }

  /** Counts as a use. */
  get(uid: string): CachedObject | undefined {
    const alive = this.#alive.get(uid);
    if (alive) {
      this.#alive.delete(uid);
      this.#alive.set(uid, alive);
      return alive;
    }
    return this.#unexpired(this.#deleted.get(uid));
  }

  /** The newest of that name. Counts as a use. */
  getByName(collection: string, namespace: string, name: string): CachedObject | undefined {
    const entry = this.#names.get(nameKey(collection, namespace, name));
    return entry && this.get(entry.key);
  }

  /** An object is alive, and so. What was deleted does not come back: whoever says so is late. */
  put(collection: string, metadata: ObjectMetadata): void {
    const { uid, namespace, name } = metadata;
    if (this.#deleted.get(uid)?.metadata) return;
    const node = this.#alive.get(uid)?.node;
    this.#drop(uid);
    const entry = {
      key: uid,
      collection,
      metadata,
      bytes: sizeOf(metadata),
      name: nameKey(collection, namespace, name),
      ...(node !== undefined && { node }),
    };
    this.#alive.set(uid, entry);
    this.#add(entry);
  }

  /** An object is gone; with its metadata, when they are known only now. */
  bury(collection: string, uid: string, metadata: ObjectMetadata | undefined = this.#alive.get(uid)?.metadata): void {
    if (this.#deleted.get(uid)?.metadata) return;
    const node = this.#alive.get(uid)?.node;
    this.#drop(uid);
    const entry = {
      key: uid,
      collection,
      deletedAt: this.#options.now(),
      bytes: metadata ? sizeOf(metadata) : EMPTY_BYTES,
      name: metadata && nameKey(collection, metadata.namespace, metadata.name),
      ...(metadata && { metadata }),
      ...(node !== undefined && { node }),
    };
    this.#deleted.set(uid, entry);
    this.#deletedBytes += entry.bytes;
    this.#add(entry);
  }

  /** Whether it is thought to be alive; does not count as a use. */
  isAlive(uid: string): boolean {
    return this.#alive.has(uid);
  }

  /** The UIDs of what is alive in a collection. */
  uidsOf(collection: string): Set<string> {
    return new Set([...this.#alive.values()].filter((entry) => entry.collection === collection).map(({ key }) => key));
  }

  forget(uid: string): void {
    this.#drop(uid);
  }

  #add(entry: Entry): void {
    this.#bytes += entry.bytes;
    // The one that is alive counts, where another of its name was deleted.
    const holder = entry.name === undefined ? undefined : this.#names.get(entry.name);
    const yields = entry.deletedAt !== undefined && holder !== undefined && holder.deletedAt === undefined;
    if (entry.name !== undefined && !yields) this.#names.set(entry.name, entry);
    this.#shrink();
  }

  #shrink(): void {
    const { maxBytes, onForgotten } = this.#options;
    for (const entry of this.#deleted.values()) if (this.#unexpired(entry)) break;
    while (this.#bytes > maxBytes) {
      const isMostlyDeleted = this.#deletedBytes > maxBytes / 2 || this.#alive.size === 0;
      const oldest = first(isMostlyDeleted ? this.#deleted : this.#alive);
      if (!oldest) break;
      this.#drop(oldest.key);
      if (oldest.deletedAt === undefined) onForgotten(oldest.collection);
    }
  }

  #unexpired(entry: Entry | undefined): Entry | undefined {
    const { now, tombstoneMs } = this.#options;
    if (!entry || now() - (entry.deletedAt ?? 0) < tombstoneMs) return entry;
    this.#drop(entry.key);
    return undefined;
  }

  #drop(uid: string): void {
    const deleted = this.#deleted.get(uid);
    const entry = deleted ?? this.#alive.get(uid);
    if (!entry) return;
    this.#alive.delete(uid);
    this.#deleted.delete(uid);
    this.#bytes -= entry.bytes;
    if (deleted) this.#deletedBytes -= entry.bytes;
    if (entry.name !== undefined && this.#names.get(entry.name) === entry) this.#names.delete(entry.name);
  }
}

function nameKey(collection: string, namespace: string, name: string): string {
  return `${collection}\n${namespace}\n${name}`;
}

function first(entries: ReadonlyMap<string, Entry>): Entry | undefined {
  const { value, done } = entries.values().next();
  return done ? undefined : value;
}
