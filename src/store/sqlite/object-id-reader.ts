import type { Database, Statement } from 'better-sqlite3';
import type { EventRecord } from '../../core/record.ts';
import { hasObjectUid, rowContext } from './row-context.ts';
import { packUid, type StoredUid } from './uuid.ts';

type ObjectKey = [name: string, namespace: string, kind: string, uid: StoredUid | null, cluster: string];

const OBJECT_SQL = `
  select object.id
  from object
  join cluster on cluster.id = object.cluster
  join string kind on kind.id = object.kind
  join string namespace on namespace.id = object.namespace
  where object.name = ? and namespace.value = ? and kind.value = ? and object.uid is ? and cluster.name = ?`;

/** The row of the object that an event is about. Inside the open transaction. */
export class ObjectIdReader {
  readonly #object: Statement<ObjectKey, { id: number }>;

  constructor(db: Database) {
    this.#object = db.prepare(OBJECT_SQL);
  }

  /** Undefined where nothing about it is stored. */
  id(record: EventRecord): number | undefined {
    const { kind, objectNamespace, objectName, objectUid } = rowContext(record);
    const uid = hasObjectUid(record.body) ? packUid(objectUid) : null;
    return this.#object.get(objectName, objectNamespace, kind, uid, record.cluster)?.id;
  }
}
