/** The statements behind {@link SqliteEventVersions}, each over one page. Inside an open read transaction. */
import type { Database, Statement } from 'better-sqlite3';
import { NAMED_FREELY } from './event-codec.ts';
import type { RevisionPlace } from './revision-place.ts';
import { EVENT_COLUMNS, type EventRow } from './row-reader.ts';
import { type StoredUid, storedUidOfText } from './uuid.ts';

/** What is cheap to read of a row. */
export type HeadRow = Pick<EventRow, 'seq' | 'time' | 'event_group' | 'shape' | 'epoch' | 'resource_version'>;

/** A row and the latest revision of its event, null for an event that has only one. */
export interface VersionRow extends EventRow {
  readonly latest: number | null;
  readonly latest_epoch: number | null;
  readonly latest_version: number | null;
}

/** That an event was deleted on purpose. */
export interface DeletionRow {
  readonly object: number;
  readonly uid: StoredUid;
  readonly epoch: number;
  readonly resource_version: number;
}

/** What deletions are ordered by. */
export type DeletionPlace = readonly [resourceVersion: number, object: number, uid: StoredUid, epoch: number];

type OfEvent = [object: number, uid: StoredUid, uidAgain: StoredUid];

const COLUMNS = `${EVENT_COLUMNS}, s.latest, s.epoch as latest_epoch, s.resource_version as latest_version`;
const JOIN_LATEST = 'from event e left join series s on s.id = ifnull(e.series, e.seq)';
const PLACE = '(e.time, e.epoch, e.resource_version, e.seq)';
// The `+?` keeps SQLite from compiling a statement again for each value, as in event-revisions.ts: a quarter of reading 100
// rows.
const OF_EVENT = 'object = +? and substr(uid, 1, 2) = substr(+?, 1, 2) and uid = +?';

export class VersionRows {
  readonly byTime: Statement<[...RevisionPlace, until: number, limit: number], VersionRow>;
  readonly headsByTimeDescending: Statement<[...RevisionPlace, since: number, limit: number], HeadRow>;
  readonly epoch: Statement<[cluster: string], { readonly epoch: number }>;
  readonly bySeq: Statement<[seq: number], EventRow>;
  /** Shapes of events whose names do not follow from their objects', in use since a day. */
  readonly namedFreely: Statement<[day: number], { readonly id: number }>;
  readonly byVersion: Statement<[resourceVersion: number, seq: number, upTo: number, limit: number], VersionRow>;
  readonly byVersionDescending: Statement<[resourceVersion: number, seq: number, limit: number], EventRow>;
  readonly ofObject: Statement<[object: number, since: number, until: number], VersionRow>;
  readonly before: Statement<[...OfEvent, epoch: number, resourceVersion: number], EventRow>;
  readonly deletions: Statement<[...DeletionPlace, upTo: number, limit: number], DeletionRow>;
  readonly #between: Statement<[...OfEvent, number, number, number, number]>;
  readonly #deletion: Statement<[object: number, uid: StoredUid, number, number, number, number]>;

  constructor(db: Database) {
    this.byTime = db.prepare(
      `select ${COLUMNS} ${JOIN_LATEST} where ${PLACE} > (+?, +?, +?, +?) and e.time <= +?
       order by e.time, e.epoch, e.resource_version, e.seq limit +?`,
    );
    this.epoch = db.prepare('select epoch from cluster where name = ?');
    this.bySeq = db.prepare(`select ${EVENT_COLUMNS} from event e where e.seq = +?`);
    this.namedFreely = db.prepare(`select id from shape where newest_day >= +? and ${NAMED_FREELY}`);
    this.headsByTimeDescending = db.prepare(
      `select seq, time, event_group, shape, epoch, resource_version from event e where ${PLACE} < (+?, +?, +?, +?) and e.time >= +?
       order by e.time desc, e.epoch desc, e.resource_version desc, e.seq desc limit +?`,
    );
    this.byVersion = db.prepare(
      `select ${COLUMNS} ${JOIN_LATEST} where (e.resource_version, e.seq) > (+?, +?) and e.resource_version <= +?
       order by e.resource_version, e.seq limit +?`,
    );
    this.byVersionDescending = db.prepare(
      `select ${EVENT_COLUMNS} from event e where (e.resource_version, e.seq) < (+?, +?)
       order by e.resource_version desc, e.seq desc limit +?`,
    );
    this.ofObject = db.prepare(`select ${COLUMNS} ${JOIN_LATEST} where object = +? and e.time between +? and +?`);
    this.before = db.prepare(
      `select ${EVENT_COLUMNS} from event e where ${OF_EVENT} and (epoch, resource_version) < (+?, +?)
       order by epoch desc, resource_version desc limit 1`,
    );
    this.#between = db.prepare(
      `select 1 from event where ${OF_EVENT} and (epoch, resource_version) > (+?, +?)
         and (epoch, resource_version) <= (+?, +?) limit 1`,
    );
    this.deletions = db.prepare(
      `select object, uid, epoch, resource_version from event_deletion
       where (resource_version, object, uid, epoch) > (+?, +?, +?, +?) and resource_version <= +?
       order by resource_version, object, uid, epoch limit +?`,
    );
    this.#deletion = db.prepare(
      `select 1 from event_deletion where object = +? and uid = +? and (epoch, resource_version) > (+?, +?)
         and (epoch, resource_version) <= (+?, +?) limit 1`,
    );
  }

  /** Whether the event was deleted between the row's version and another one, that one included. */
  isDeleted(row: EventRow, epoch: number, upTo: number): boolean {
    if (row.deleted_at === null) return false;
    const uid = storedUidOfText(row.uid);
    return this.#deletion.get(row.object, uid, row.epoch, row.resource_version, epoch, upTo) !== undefined;
  }

  /** Whether the row is its event's latest one in the state. */
  isLatest(row: VersionRow, epoch: number, resourceVersion: number): boolean {
    if (!isAtOrBefore(row.epoch, row.resource_version, epoch, resourceVersion)) return false;
    const { latest, latest_epoch: latestEpoch, latest_version: latestVersion } = row;
    if (latest === null || latest === row.seq || latestEpoch === null || latestVersion === null) return true;
    if (isAtOrBefore(latestEpoch, latestVersion, epoch, resourceVersion)) return false;
    const { object } = row;
    const uid = storedUidOfText(row.uid);
    return !this.#between.get(object, uid, uid, row.epoch, row.resource_version, epoch, resourceVersion);
  }
}

export function isAtOrBefore(epoch: number, version: number, otherEpoch: number, otherVersion: number): boolean {
  return epoch < otherEpoch || (epoch === otherEpoch && version <= otherVersion);
}
