/** The revision before another one of the same event. Inside the open transaction. */
import type { Database, Statement } from 'better-sqlite3';
import type { EventRecord } from '../../core/record.ts';
import type { ObjectIdReader } from './object-id-reader.ts';
import { rowContext } from './row-context.ts';
import { EVENT_COLUMNS, type EventRow, type RowReader } from './row-reader.ts';
import { packUid, type StoredUid } from './uuid.ts';

// The plus: see event-revisions.ts.
const BEFORE_SQL = `
  select ${EVENT_COLUMNS}
  from event e
  where object = +? and substr(uid, 1, 2) = substr(+?, 1, 2) and uid = +? and (e.epoch, e.resource_version) < (?, ?)
  order by e.epoch desc, e.resource_version desc limit 1`;

export class PreviousRevisions {
  readonly #rows: RowReader;
  readonly #objects: ObjectIdReader;
  readonly #before: Statement<[number, StoredUid, StoredUid, number, number], EventRow>;

  constructor(db: Database, rows: RowReader, objects: ObjectIdReader) {
    this.#rows = rows;
    this.#objects = objects;
    this.#before = db.prepare(BEFORE_SQL);
  }

  of(record: EventRecord): EventRecord | undefined {
    const { uid: eventUid, resourceVersion } = rowContext(record);
    const object = this.#objects.id(record);
    if (object === undefined) return undefined;
    const uid = packUid(eventUid);
    const row = this.#before.get(object, uid, uid, record.epoch, resourceVersion);
    return row && this.#rows.record(row);
  }
}
