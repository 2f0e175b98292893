/** Which involved objects a query means: one row an incarnation. */
import type { Database, Statement } from 'better-sqlite3';
import { type EventQuery, MAX_OWNED } from '../../component/history.ts';
import { belongsTo, type NamedObject } from '../../core/workload.ts';
import { OWNERS_JSON, ownersOf } from './owner-reader.ts';
import { packUid, type StoredUid } from './uuid.ts';

export interface StoredObject extends NamedObject {
  readonly id: number;
  readonly cluster: string;
  readonly uid: StoredUid | null;
}

interface ObjectRow extends Omit<StoredObject, 'owners'> {
  readonly owners: string;
}

const OBJECTS = `
  select object.id, cluster.name as cluster, kind.value as kind, namespace.value as namespace, object.name, object.uid,
    ${OWNERS_JSON}
  from object
  join cluster on cluster.id = object.cluster
  join string kind on kind.id = object.kind
  join string namespace on namespace.id = object.namespace`;
/** Whose names begin like that of a workload. */
const MAX_LOOKED_AT = 20_000;
const OBJECTS_AT_ONCE = 1_000;
/** Comes after all names that begin with what it ends. */
const AFTER_ALL = '\u{10FFFF}';

export class ObjectReader {
  readonly #named: Statement<[string], ObjectRow>;
  readonly #between: Statement<[string, string, number], ObjectRow>;
  readonly #behind: Statement<[name: string, id: number, to: string, limit: number], ObjectRow>;
  readonly #newest: Statement<[before: number, limit: number], ObjectRow>;
  readonly #ownedBy: Statement<[owner: string, limit: number], ObjectRow>;
  readonly #ownedByBeginning: Statement<[from: string, to: string, limit: number], ObjectRow>;

  constructor(db: Database) {
    this.#named = db.prepare(`${OBJECTS} where object.name = +?`);
    this.#between = db.prepare(`${OBJECTS} where object.name between ? and ? order by object.name limit ?`);
    // Of one name there are as many as there were incarnations: SQLite sorts those of a name at a time.
    this.#behind = db.prepare(
      `${OBJECTS} where (object.name, object.id) > (?, ?) and object.name <= ? order by object.name, object.id limit ?`,
    );
    this.#ownedBy = db.prepare(
      `${OBJECTS} where object.id in (select object from object_owner where name = +? order by object desc limit +?)`,
    );
    this.#ownedByBeginning = db.prepare(
      `${OBJECTS} where object.id in (select object from object_owner where name between +? and +?)
       order by object.id desc limit +?`,
    );
    this.#newest = db.prepare(`${OBJECTS} where object.id < ? order by object.id desc limit ?`);
  }

  ids({ object, clusters }: Pick<EventQuery, 'object' | 'clusters'>): number[] {
    if (!object) return [];
    const { kind, name } = object;
    const uid = object.uid === undefined ? undefined : packUid(object.uid);
    const isMeant = (row: StoredObject): boolean =>
      (clusters?.includes(row.cluster) ?? true) &&
      (object.namespace === undefined || row.namespace === object.namespace) &&
      (uid === undefined || (row.uid !== null && sameUid(row.uid, uid)));
    if (!object.owned) {
      return this.#named
        .all(name)
        .map(storedObject)
        .filter((row) => isMeant(row) && (kind === undefined || row.kind.toLowerCase() === kind.toLowerCase()))
        .map(({ id }) => id);
    }
    const workload = { name, ...(kind !== undefined && { kind }) };
    const rows = [
      ...this.#named.all(name),
      ...this.#between.all(`${name}-`, `${name}-${AFTER_ALL}`, MAX_LOOKED_AT),
      ...this.#ownedBy.all(name, MAX_LOOKED_AT),
    ];
    const ids = rows
      .map(storedObject)
      .filter((row) => isMeant(row) && belongsTo(row, workload))
      .map(({ id }) => id);
    return [...new Set(ids)].toSorted((a, b) => b - a).slice(0, MAX_OWNED);
  }

  /** Those whose names begin so, by name, some at a time; of all, the newest first. Then those of such owners, the newest. */
  *beginning(prefix: string, owned = false): Generator<readonly StoredObject[]> {
    let last: ObjectRow | undefined;
    do {
      const rows: ObjectRow[] =
        prefix === ''
          ? this.#newest.all(last?.id ?? Number.MAX_SAFE_INTEGER, OBJECTS_AT_ONCE)
          : this.#behind.all(last?.name ?? prefix, last?.id ?? -1, prefix + AFTER_ALL, OBJECTS_AT_ONCE);
      yield rows.map(storedObject);
      last = rows.length < OBJECTS_AT_ONCE ? undefined : rows.at(-1);
    } while (last);
    if (!owned || prefix === '') return;
    const rows = this.#ownedByBeginning.all(prefix, prefix + AFTER_ALL, OBJECTS_AT_ONCE);
    yield rows.filter(({ name }) => !name.startsWith(prefix)).map(storedObject);
  }
}

function storedObject(row: ObjectRow): StoredObject {
  return { ...row, owners: ownersOf(row.owners) };
}

function sameUid(a: StoredUid, b: StoredUid): boolean {
  return typeof a === 'string' || typeof b === 'string' ? a === b : a.equals(b);
}
