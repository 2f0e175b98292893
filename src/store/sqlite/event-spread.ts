/** When the occurrences of events happened, by all their revisions. */
import { setImmediate } from 'node:timers/promises';
import type { Database, Statement } from 'better-sqlite3';
import type { Spread, StoredEvent } from '../../component/history.ts';
import type { ObjectIdReader } from './object-id-reader.ts';
import { packUid, type StoredUid } from './uuid.ts';

const EVENTS_AT_ONCE = 50;

interface RevisionRow {
  readonly time: number;
  readonly occurrences: number;
}

export class EventSpread {
  readonly #db: Database;
  readonly #objects: ObjectIdReader;
  readonly #revisions: Statement<
    [object: number, uid: StoredUid, uidAgain: StoredUid, from: number, before: number],
    RevisionRow
  >;

  constructor(db: Database, objects: ObjectIdReader) {
    this.#db = db;
    this.#objects = objects;
    // The plus: see event-revisions.ts.
    this.#revisions = db.prepare(
      `select time, occurrences from event
       where object = +? and substr(uid, 1, 2) = substr(+?, 1, 2) and uid = +? and +time >= ? and +time < ?`,
    );
  }

  async spread(
    events: readonly StoredEvent[],
    buckets: Spread,
    signal: AbortSignal | undefined,
  ): Promise<readonly (readonly number[])[]> {
    const spreads: number[][] = [];
    while (spreads.length < events.length) {
      const some = events.slice(spreads.length, spreads.length + EVENTS_AT_ONCE);
      spreads.push(...this.#db.transaction(() => some.map((event) => this.#of(event, buckets)))());
      if (signal?.aborted) break;
      await setImmediate();
    }
    return spreads;
  }

  #of(event: StoredEvent, { start, step, count }: Spread): number[] {
    const buckets = Array.from({ length: count }, () => 0);
    const uid = packUid(event.body.metadata.uid);
    const object = this.#objects.id(event) ?? -1;
    for (const { time, occurrences } of this.#revisions.iterate(object, uid, uid, start, start + step * count)) {
      const bucket = Math.floor((time - start) / step);
      buckets[bucket] = (buckets[bucket] ?? 0) + occurrences;
    }
    return buckets;
  }
}
