/** Involved objects, one row an incarnation, and what is known in memory of the events about them. */
import type { Database, Statement } from 'better-sqlite3';
import type { StoredRevision } from './event-revisions.ts';
import { TwoGenerationMap } from './two-generation-map.ts';
import type { StoredUid } from './uuid.ts';

const CACHED_OBJECTS = 5_000;
const CACHED_HEADS = 64;

export interface ObjectKey {
  readonly cluster: number;
  /** Ids of strings, as `namespace`. */
  readonly kind: number;
  readonly namespace: number;
  readonly name: string;
  readonly uid: StoredUid | null;
}

/** An object in memory. It spares most revisions the search for those of the same event that are stored. */
export class KnownObject {
  readonly id: number;
  readonly key: string;
  readonly #heads = new Map<string, StoredRevision>();
  /** Whether an event that is not in memory has no revision stored. */
  #isComplete: boolean;

  constructor(id: number, key: string, isNew: boolean) {
    this.id = id;
    this.key = key;
    this.#isComplete = isNew;
  }

  get isComplete(): boolean {
    return this.#isComplete;
  }

  /** The latest stored revision of the event, if it is in memory. */
  head(uid: string): StoredRevision | undefined {
    return this.#heads.get(uid);
  }

  setHead(uid: string, head: StoredRevision): void {
    if (this.#heads.size >= CACHED_HEADS && !this.#heads.has(uid)) this.forget();
    this.#heads.set(uid, head);
  }

  forget(): void {
    this.#heads.clear();
    this.#isComplete = false;
  }
}

/** What it remembers is that of the open transaction: drop it when the transaction is rolled back. */
export class ObjectWriter {
  readonly #byKey = new TwoGenerationMap<string, KnownObject>(CACHED_OBJECTS, () => 1);
  readonly #byId = new TwoGenerationMap<number, KnownObject>(CACHED_OBJECTS, () => 1);
  readonly #select: Statement<[string, number, number, number, StoredUid | null], { id: number }>;
  readonly #insert: Statement<[number, number, number, string, StoredUid | null]>;
  readonly #delete: Statement<[number, number]>;

  constructor(db: Database) {
    this.#select = db.prepare(
      'select id from object where name = ? and namespace = ? and kind = ? and cluster = ? and uid is ?',
    );
    this.#insert = db.prepare('insert into object (cluster, kind, namespace, name, uid) values (?, ?, ?, ?, ?)');
    this.#delete = db.prepare('delete from object where id = ? and not exists (select 1 from event where object = ?)');
  }

  find(object: ObjectKey): KnownObject {
    const key = cacheKey(object);
    const known = this.#byKey.get(key);
    if (known) {
      // Both maps are used in step, so that neither forgets an object before the other.
      this.#byId.get(known.id);
      return known;
    }
    const loaded = this.#load(object, key);
    this.#byKey.set(key, loaded);
    this.#byId.set(loaded.id, loaded);
    return loaded;
  }

  /** To be called when events about the object were deleted: deletes it too, unless there are others. */
  eventsDeleted(id: number): void {
    const known = this.#byId.get(id);
    if (known) this.#byKey.get(known.key);
    known?.forget();
    if (this.#delete.run(id, id).changes === 0 || !known) return;
    this.#byKey.delete(known.key);
    this.#byId.delete(id);
  }

  #load({ cluster, kind, namespace, name, uid }: ObjectKey, key: string): KnownObject {
    const row = this.#select.get(name, namespace, kind, cluster, uid);
    if (row) return new KnownObject(row.id, key, false);
    return new KnownObject(Number(this.#insert.run(cluster, kind, namespace, name, uid).lastInsertRowid), key, true);
  }
}

function cacheKey({ cluster, kind, namespace, name, uid }: ObjectKey): string {
  const identity = uid === null ? '' : typeof uid === 'string' ? `t${uid}` : `b${uid.toString('latin1')}`;
  return `${cluster} ${kind} ${namespace} ${name}\0${identity}`;
}
