/** All revisions of a range as points in a picture: what the filter can decide by groups is read without the events. */
import { setImmediate } from 'node:timers/promises';
import type { Database, Statement } from 'better-sqlite3';
import type { EventQuery, Mark, Marks, MarksOptions, StoredEvent } from '../../component/history.ts';
import type { EventQueries } from './event-queries.ts';
import type { GroupReader, SelectedGroups } from './group-reader.ts';
import { placeOf, type RevisionPlace } from './revision-place.ts';
import type { RowReader } from './row-reader.ts';
import { UID_TEXT, uidOfText } from './uuid.ts';

/** What is read at once: some 10 ms of it. */
const ROWS_AT_ONCE = 2_000;
const EVENTS_AT_ONCE = 500;

interface MarkRow {
  readonly seq: number;
  readonly time: number;
  readonly epoch: number;
  readonly resource_version: number;
  readonly event_group: number;
  readonly object: number;
  readonly uid: string;
  readonly occurrences: number;
}

export interface EventMarksOptions {
  readonly groups: GroupReader;
  readonly rows: RowReader;
  readonly queries: Pick<EventQueries, 'page'>;
}

export class EventMarks {
  readonly #db: Database;
  readonly #options: EventMarksOptions;
  readonly #rows: Statement<[...RevisionPlace, since: number, limit: number], MarkRow>;

  constructor(db: Database, options: EventMarksOptions) {
    this.#db = db;
    this.#options = options;
    this.#rows = db.prepare(
      `select seq, time, epoch, resource_version, event_group, object, ${UID_TEXT} as uid, occurrences from event
       where (time, epoch, resource_version, seq) < (?, ?, ?, ?) and time >= ?
       order by time desc, epoch desc, resource_version desc, seq desc limit ?`,
    );
  }

  async *marks(query: EventQuery, options: MarksOptions): AsyncGenerator<Marks> {
    const { groups } = this.#options;
    const selected = this.#db.transaction(() => {
      groups.refresh();
      return groups.select(query);
    })();
    if (selected.ids?.size === 0) return;
    if (query.object || selected.undecided?.size || options.hosts) yield* this.#ofEvents(query, options);
    else yield* this.#ofRows(query, selected, options.signal);
  }

  async *#ofRows(query: EventQuery, { ids }: SelectedGroups, signal: AbortSignal | undefined): AsyncGenerator<Marks> {
    const { since = Number.MIN_SAFE_INTEGER, until = Number.MAX_SAFE_INTEGER } = query;
    const edge = Number.MAX_SAFE_INTEGER;
    let after: RevisionPlace = [until, edge, edge, edge];
    for (;;) {
      const { found, last } = this.#db.transaction(() => {
        const rows = this.#rows.all(...after, since, ROWS_AT_ONCE);
        const wanted = ids ? rows.filter((row) => ids.has(row.event_group)) : rows;
        return { found: this.#decode(wanted), last: rows.length < ROWS_AT_ONCE ? undefined : rows.at(-1) };
      })();
      yield last ? { marks: found, reached: last.time } : { marks: found };
      if (!last || signal?.aborted) return;
      after = placeOf(last);
      await setImmediate();
    }
  }

  #decode(rows: readonly MarkRow[]): Mark[] {
    const { groups, rows: reader } = this.#options;
    reader.refresh();
    groups.prefetch(rows);
    reader.prefetchObjects(rows);
    return rows.map((row) => ({
      time: row.time,
      group: groups.get(row.event_group),
      object: reader.object(row.object),
      uid: uidOfText(row.uid),
      resourceVersion: String(row.resource_version),
      occurrences: row.occurrences,
    }));
  }

  async *#ofEvents(query: EventQuery, { signal }: MarksOptions): AsyncGenerator<Marks> {
    const options = { revisions: true, limit: EVENTS_AT_ONCE, ...(signal && { signal }) };
    for (let after: string | undefined; ; ) {
      const page = await this.#options.queries.page(query, { ...options, ...(after !== undefined && { after }) });
      const marks = page.events.map(markOf);
      const reached = page.stoppedAt ?? (page.next === undefined ? undefined : marks.at(-1)?.time);
      yield { marks, ...(reached !== undefined && { reached }) };
      if (page.next === undefined || signal?.aborted) return;
      after = page.next;
    }
  }
}

function markOf({ cluster, time, body, occurrences, owners }: StoredEvent): Mark {
  const { metadata, involvedObject, type = '', reason = '', source } = body;
  const { kind = '', namespace = '', name = '', uid = '' } = involvedObject;
  return {
    time,
    group: { cluster, namespace: metadata.namespace ?? '', type, reason, kind },
    object: { kind, namespace, name, uid, ...(owners && { owners }) },
    uid: metadata.uid,
    resourceVersion: metadata.resourceVersion,
    occurrences,
    host: source?.host ?? '',
  };
}
