/**
 * Deleting what is older than an instant, and then what nothing refers to any more. Rollups, with the rows that they do
 * not count yet, always count what is stored, so a deleted revision is taken out of them. Inside the open transaction.
 */
import type { Database, Statement } from 'better-sqlite3';
import { dayOf } from './dictionary-writer.ts';
import type { EventWriter } from './event-writer.ts';
import type { StoredUid } from './uuid.ts';

/** Rows of one dictionary deleted in one step. */
const SWEPT_ROWS = 200;
const SWEPT_TABLES = ['template', 'shape', 'string', 'event_group'] as const;
/** Left in the file for the next events, so that pages do not go and come all the time: 2 MiB. */
const SPARE_PAGES = 512;
/** Given back in one step: about a millisecond. */
const VACUUMED_PAGES = 128;

interface ExpiredRow {
  readonly seq: number;
  readonly time: number;
  readonly event_group: number;
  readonly object: number;
  readonly series: number;
  readonly occurrences: number;
  readonly uid: StoredUid;
}

interface Deleted {
  readonly deleted: number;
  /** How many of the oldest stay for what lies after that seq. */
  readonly held: number;
  readonly newestTime: number;
  readonly lastSeq: number;
}

export class Expiry {
  readonly #events: EventWriter;
  readonly #select: Statement<[number, number], ExpiredRow>;
  readonly #delete: Statement<[number]>;
  readonly #shrinkSeries: Statement<[number], { latest: number; revisions: number }>;
  readonly #closeSeries: Statement<[number]>;
  readonly #findLatest: Statement<[number, StoredUid, StoredUid, number]>;

  constructor(db: Database, events: EventWriter) {
    this.#events = events;
    this.#select = db.prepare(
      `select seq, time, event_group, object, ifnull(series, seq) as series, occurrences, uid from event
       where time < ? order by time limit ?`,
    );
    this.#delete = db.prepare('delete from event where seq = ?');
    this.#shrinkSeries = db.prepare(
      'update series set revisions = revisions - 1 where id = ? returning latest, revisions',
    );
    this.#closeSeries = db.prepare('delete from series where id = ?');
    this.#findLatest = db.prepare(
      `update series set (latest, epoch, resource_version, time) = (
         select seq, epoch, resource_version, time from event
         where object = +? and substr(uid, 1, 2) = substr(+?, 1, 2) and uid = +?
         order by epoch desc, resource_version desc limit 1
       ) where id = +?`,
    );
  }

  /** Deletes the oldest rows up to a seq. */
  delete(before: number, limit: number, upTo: number): Deleted {
    const oldest = this.#select.all(before, limit);
    const rows = oldest.filter(({ seq }) => seq <= upTo);
    for (const row of rows) {
      this.#delete.run(row.seq);
      this.#events.hourly.add(row.time, row.event_group, -1, -row.occurrences);
      this.#shrink(row);
    }
    if (rows.length > 0) this.#events.hourly.flush();
    for (const object of new Set(rows.map((row) => row.object))) {
      if (this.#events.objects.eventsExpired(object)) this.#events.deletions.objectExpired(object);
    }
    return {
      deleted: rows.length,
      held: oldest.length - rows.length,
      newestTime: rows.at(-1)?.time ?? 0,
      lastSeq: rows.reduce((last, { seq }) => Math.max(last, seq), 0),
    };
  }

  #shrink({ seq, series, object, uid }: ExpiredRow): void {
    const left = this.#shrinkSeries.get(series);
    if (left === undefined || left.revisions === 0) this.#events.deletions.eventExpired(object, uid);
    if (left?.revisions === 0) this.#closeSeries.run(series);
    else if (left?.latest === seq) this.#findLatest.run(object, uid, uid, series);
  }
}

/**
 * Deletes, a few rows at a time, what repeats and has no event left: everything older than the oldest event. Looks only
 * once a day's worth of events has gone. Returns how many rows it deleted.
 */
export function sweep(db: Database): number {
  const { before, sweptDay } = db
    .prepare<[], { before: number; sweptDay: number }>(
      `select swept_day as sweptDay,
              min(expired_before, ifnull((select min(time) from event), expired_before)) as before from store`,
    )
    .get() ?? { before: 0, sweptDay: 0 };
  const day = dayOf(before);
  if (sweptDay >= day) return 0;
  let swept = 0;
  for (const table of SWEPT_TABLES) {
    const unused = `select id from ${table} where newest_day < ? limit ?`;
    swept += db.prepare(`delete from ${table} where id in (${unused})`).run(day, SWEPT_ROWS).changes;
  }
  if (swept === 0) db.prepare('update store set swept_day = ?').run(day);
  return swept;
}

/** What is in use; pages that wait to be given back are not. */
export function usedBytes(db: Database): number {
  const pragma = (name: string) => Number(db.pragma(name, { simple: true }));
  return (pragma('page_count') - pragma('freelist_count')) * pragma('page_size');
}

/** Gives pages that are not in use back to the file system, a few at a time. */
export function giveBackSpace(db: Database): void {
  const free = Number(db.pragma('freelist_count', { simple: true }));
  if (free > SPARE_PAGES) db.pragma(`incremental_vacuum(${Math.min(free - SPARE_PAGES, VACUUMED_PAGES)})`);
}
