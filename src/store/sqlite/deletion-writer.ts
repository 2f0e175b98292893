/** Which events were deleted on purpose: kept beside their revisions, and as long. Inside the open transaction. */
import type { Database, Statement } from 'better-sqlite3';
import type { EventKey, Place } from './event-revisions.ts';
import type { StoredUid } from './uuid.ts';

export class DeletionWriter {
  readonly #insert: Statement<
    [object: number, uid: StoredUid, epoch: number, resourceVersion: number, receivedAt: number]
  >;
  readonly #deleteOfEvent: Statement<[object: number, uid: StoredUid]>;
  readonly #deleteOfObject: Statement<[object: number]>;

  constructor(db: Database) {
    // Whoever saw it first tells when, whatever the order in which they are heard.
    this.#insert = db.prepare(
      `insert into event_deletion (object, uid, epoch, resource_version, received_at) values (?, ?, ?, ?, ?)
       on conflict do update set received_at = excluded.received_at where excluded.received_at < received_at`,
    );
    this.#deleteOfEvent = db.prepare('delete from event_deletion where object = ? and uid = ?');
    this.#deleteOfObject = db.prepare('delete from event_deletion where object = ?');
  }

  add({ object, uid }: EventKey, { epoch, resourceVersion }: Place, receivedAt: number): void {
    this.#insert.run(object, uid, epoch, resourceVersion, receivedAt);
  }

  /** To be called when an event has no revision left. */
  eventExpired(object: number, uid: StoredUid): void {
    this.#deleteOfEvent.run(object, uid);
  }

  /** To be called when there is no event left about an object: there may be deletions of events that never were stored. */
  objectExpired(object: number): void {
    this.#deleteOfObject.run(object);
  }
}
