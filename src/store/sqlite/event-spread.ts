/** When the occurrences of an event happened, by all its revisions. Inside the open transaction. */
import type { Database, Statement } from 'better-sqlite3';
import type { Spread, StoredEvent } from '../../component/history.ts';
import type { ObjectIdReader } from './object-id-reader.ts';
import { packUid, type StoredUid } from './uuid.ts';

interface RevisionRow {
  readonly time: number;
  readonly occurrences: number;
}

export class EventSpread {
  readonly #objects: ObjectIdReader;
  readonly #revisions: Statement<[object: number, uid: StoredUid, uidAgain: StoredUid], RevisionRow>;

  constructor(db: Database, objects: ObjectIdReader) {
    this.#objects = objects;
    // The plus: see event-revisions.ts.
    this.#revisions = db.prepare(
      'select time, occurrences from event where object = +? and substr(uid, 1, 2) = substr(+?, 1, 2) and uid = +?',
    );
  }

  of(event: StoredEvent, { start, step, count }: Spread): number[] {
    const buckets = Array.from({ length: count }, () => 0);
    const uid = packUid(event.body.metadata.uid);
    for (const { time, occurrences } of this.#revisions.iterate(this.#objects.id(event) ?? -1, uid, uid)) {
      const bucket = Math.floor((time - start) / step);
      if (bucket >= 0 && bucket < count) buckets[bucket] = (buckets[bucket] ?? 0) + occurrences;
    }
    return buckets;
  }
}
