/** Involved objects, one row an incarnation, and what is known in memory of the events about them. */
import type { Database, Statement } from 'better-sqlite3';
import { CACHE_BYTES } from './cache-bytes.ts';
import type { DictionaryWriter } from './dictionary-writer.ts';
import type { StoredRevision } from './event-revisions.ts';
import { TwoGenerationMap } from './two-generation-map.ts';
import { packUid, type StoredUid, unpackUid } from './uuid.ts';

/** An object with more events than this is asked for in the store. */
const MAX_HEADS = 128;
/** In memory, with their strings and their slots in maps. */
const OBJECT_BYTES = 520;
const HEAD_BYTES = 190;
const UUID_LENGTH = 36;

export interface InvolvedObject {
  readonly cluster: number;
  readonly kind: string;
  readonly namespace: string;
  readonly name: string;
  readonly uid: string | undefined;
}

/** An object in memory. It spares most revisions the search for those of the same event that are stored. */
export class KnownObject {
  readonly id: number;
  readonly object: InvolvedObject;
  /** Of the newest event about it: its kind and namespace are in use until then. */
  newestDay: number;
  readonly #heads = new Map<string, StoredRevision>();
  /** Whether an event that is not in memory has no revision stored. */
  #isComplete: boolean;

  constructor(id: number, object: InvolvedObject, { newestDay, isNew }: { newestDay: number; isNew: boolean }) {
    this.id = id;
    this.object = object;
    this.newestDay = newestDay;
    this.#isComplete = isNew;
  }

  get isComplete(): boolean {
    return this.#isComplete;
  }

  get bytes(): number {
    return OBJECT_BYTES + this.#heads.size * HEAD_BYTES;
  }

  /** The latest stored revision of the event, if it is in memory. */
  head(uid: string): StoredRevision | undefined {
    return this.#heads.get(uid);
  }

  /** Returns how many bytes it takes more. */
  setHead(uid: string, head: StoredRevision): number {
    if (this.#heads.size >= MAX_HEADS && !this.#heads.has(uid)) this.forget();
    const before = this.#heads.size;
    this.#heads.set(uid, head);
    return (this.#heads.size - before) * HEAD_BYTES;
  }

  forget(): void {
    this.#heads.clear();
    this.#isComplete = false;
  }

  is({ cluster, kind, namespace, name, uid }: InvolvedObject): boolean {
    const { object } = this;
    return (
      object.name === name &&
      object.uid === uid &&
      object.namespace === namespace &&
      object.kind === kind &&
      object.cluster === cluster
    );
  }
}

type Row = [cluster: number, kind: number, namespace: number, name: string, uid: StoredUid | null];

interface DeletedRow {
  readonly cluster: number;
  readonly name: string;
  readonly uid: StoredUid | null;
}

/** What it remembers is that of the open transaction: drop it when the transaction is rolled back. */
export class ObjectWriter {
  readonly #strings: DictionaryWriter;
  readonly #known = new TwoGenerationMap<string, KnownObject>(CACHE_BYTES.objects, (_, known) => known.bytes);
  readonly #select: Statement<Row, { id: number }>;
  readonly #insert: Statement<Row>;
  readonly #delete: Statement<[number, number], DeletedRow>;

  /** `strings` holds kinds and namespaces. */
  constructor(db: Database, strings: DictionaryWriter) {
    this.#strings = strings;
    this.#select = db.prepare(
      'select id from object where cluster = ? and kind = ? and namespace = ? and name = ? and uid is ?',
    );
    this.#insert = db.prepare('insert into object (cluster, kind, namespace, name, uid) values (?, ?, ?, ?, ?)');
    this.#delete = db.prepare(
      'delete from object where id = ? and not exists (select 1 from event where object = ?) returning cluster, name, uid',
    );
  }

  /** `day`: that of an event about it. */
  find(object: InvolvedObject, day: number): KnownObject {
    const key = keyOf(object);
    const known = this.#known.get(key);
    if (known?.is(object)) {
      if (known.newestDay < day) {
        this.#strings.id(object.kind, day);
        this.#strings.id(object.namespace, day);
        known.newestDay = day;
      }
      return known;
    }
    const loaded = this.#load(object, day);
    this.#known.set(key, loaded);
    return loaded;
  }

  /** Remembers the latest revision of an event about an object that was found just now. */
  setHead(known: KnownObject, uid: string, head: StoredRevision): void {
    this.#known.grow(known.setHead(uid, head));
  }

  /** To be called when events about the object expired: deletes it too, unless there are others, and tells whether it did. */
  eventsExpired(id: number): boolean {
    const deleted = this.#delete.get(id, id);
    if (!deleted) return false;
    const key = keyOf({ ...deleted, uid: deleted.uid === null ? undefined : unpackUid(deleted.uid) });
    if (this.#known.get(key)?.id === id) this.#known.delete(key);
    return true;
  }

  #load(object: InvolvedObject, newestDay: number): KnownObject {
    const { cluster, kind, namespace, name, uid } = object;
    const row: Row = [
      cluster,
      this.#strings.id(kind, newestDay),
      this.#strings.id(namespace, newestDay),
      name,
      uid === undefined ? null : packUid(uid),
    ];
    const id = this.#select.get(...row)?.id;
    if (id !== undefined) return new KnownObject(id, object, { newestDay, isNew: false });
    return new KnownObject(Number(this.#insert.run(...row).lastInsertRowid), object, { newestDay, isNew: true });
  }
}

/**
 * Almost always one object's alone: whoever finds something by it still compares. Only a UUID does without the name, since
 * others are names themselves, as that of a node in the kubelet's events.
 */
function keyOf({ cluster, name, uid }: Pick<InvolvedObject, 'cluster' | 'name' | 'uid'>): string {
  return uid?.length === UUID_LENGTH ? uid : `${cluster} ${name}\0${uid}`;
}
