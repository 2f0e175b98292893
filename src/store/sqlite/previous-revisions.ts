/** The revision before another one of the same event. Inside the open transaction. */
import type { Database, Statement } from 'better-sqlite3';
import type { EventRecord } from '../../core/record.ts';
import { hasObjectUid, rowContext } from './row-context.ts';
import { EVENT_COLUMNS, type EventRow, type RowReader } from './row-reader.ts';
import { packUid, type StoredUid } from './uuid.ts';

type ObjectKey = [name: string, namespace: string, kind: string, uid: StoredUid | null, cluster: string];

const OBJECT_SQL = `
  select object.id
  from object
  join cluster on cluster.id = object.cluster
  join string kind on kind.id = object.kind
  join string namespace on namespace.id = object.namespace
  where object.name = ? and namespace.value = ? and kind.value = ? and object.uid is ? and cluster.name = ?`;

// The plus: see event-revisions.ts.
const BEFORE_SQL = `
  select ${EVENT_COLUMNS}
  from event e
  where object = +? and substr(uid, 1, 2) = substr(+?, 1, 2) and uid = +? and (e.epoch, e.resource_version) < (?, ?)
  order by e.epoch desc, e.resource_version desc limit 1`;

export class PreviousRevisions {
  readonly #rows: RowReader;
  readonly #object: Statement<ObjectKey, { id: number }>;
  readonly #before: Statement<[number, StoredUid, StoredUid, number, number], EventRow>;

  constructor(db: Database, rows: RowReader) {
    this.#rows = rows;
    this.#object = db.prepare(OBJECT_SQL);
    this.#before = db.prepare(BEFORE_SQL);
  }

  of(record: EventRecord): EventRecord | undefined {
    const { uid: eventUid, resourceVersion, kind, objectNamespace, objectName, objectUid } = rowContext(record);
    const uidOfObject = hasObjectUid(record.body) ? packUid(objectUid) : null;
    const object = this.#object.get(objectName, objectNamespace, kind, uidOfObject, record.cluster);
    if (!object) return undefined;
    const uid = packUid(eventUid);
    const row = this.#before.get(object.id, uid, uid, record.epoch, resourceVersion);
    return row && this.#rows.record(row);
  }
}
