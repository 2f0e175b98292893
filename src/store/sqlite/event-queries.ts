/**
 * Events by time, in pages: between two pages no statement and no transaction is open, so that a slow reader never
 * keeps the write-ahead log from being emptied. What is stored while a query runs is not part of its answer.
 */
import { setImmediate } from 'node:timers/promises';
import type { Database, Statement } from 'better-sqlite3';
import type {
  EventFilter,
  EventPage,
  EventQuery,
  EventsOptions,
  PageOptions,
  StoredEvent,
} from '../../component/history.ts';
import type { LogBounds } from './cursor.ts';
import type { GroupReader, SelectedGroups } from './group-reader.ts';
import type { ObjectReader } from './object-reader.ts';
import { ObjectRevisions } from './object-revisions.ts';
import { type PageCursor, parsePageCursor, printPageCursor } from './page-cursor.ts';
import { comparePlaces, placeOf, type RevisionPlace } from './revision-place.ts';
import { EVENT_COLUMNS, type EventRow, type RowReader } from './row-reader.ts';
import { type StoredUid, storedUidOfText, UID_TEXT } from './uuid.ts';
import { WordIndexReader } from './word-index-reader.ts';
import { wordQuery } from './word-query.ts';

const PAGE_ROWS = 500;
const HEAD_ROWS = 2_000;
/** After so many rows of which fewer than one in so many is wanted, what is wanted is looked up. */
const LOOKED_AT_FIRST = 2_000;
const RARE = 16;

/** A row and the latest revision of its event, null for an event that has only one. */
interface CandidateRow extends EventRow {
  readonly latest: number | null;
  readonly latest_time: number | null;
}

type Candidate = Omit<CandidateRow, 'shape' | 'template' | 'body' | 'occurrences' | 'deleted_at'>;

const CANDIDATE_COLUMNS = `e.seq, e.time, event_group, object, e.epoch, e.resource_version, ${UID_TEXT} as uid, s.latest, s.time as latest_time`;
const JOIN_LATEST = 'from event e left join series s on s.id = ifnull(e.series, e.seq)';
const PAGE_COLUMNS = `${EVENT_COLUMNS}, s.latest, s.time as latest_time`;

type HeadRow = Pick<EventRow, 'seq' | 'time' | 'epoch' | 'resource_version' | 'event_group'>;

/** What one query asks, resolved. */
interface Resolved {
  readonly since: number;
  readonly until: number;
  readonly groups: SelectedGroups;
  readonly filter: EventFilter | undefined;
  readonly revisions: boolean;
  readonly oldestFirst: boolean;
  readonly limit: number;
  /** The newest revision when the query began. */
  readonly snapshot: number;
  /** Where to go on. */
  readonly after: RevisionPlace | undefined;
}

interface Found {
  readonly event: StoredEvent;
  readonly place: RevisionPlace;
}

/** What was found in some rows. */
interface Slice {
  readonly found: readonly Found[];
  /** That of the last row that was looked at; absent when it is the last there is. */
  readonly reached: RevisionPlace | undefined;
}

function startOf({ after, since, until, oldestFirst }: Resolved): RevisionPlace {
  const edge = Number.MAX_SAFE_INTEGER;
  return after ?? (oldestFirst ? [since, -1, -1, -1] : [until, edge, edge, edge]);
}

export interface EventQueryOptions {
  readonly groups: GroupReader;
  readonly rows: RowReader;
  readonly objects: ObjectReader;
  readonly bounds: () => LogBounds;
}

export class EventQueries {
  readonly #db: Database;
  readonly #options: EventQueryOptions;
  readonly #newerRevision: Statement<[number, StoredUid, StoredUid, number, number, number, number, number]>;
  readonly #row: Statement<[number], CandidateRow>;
  readonly #heads: Statement<[string], HeadRow>;
  readonly #words: WordIndexReader;
  readonly #objects: ObjectReader;
  readonly #story: ObjectRevisions<Candidate>;

  constructor(db: Database, options: EventQueryOptions) {
    this.#db = db;
    this.#options = options;
    this.#newerRevision = db.prepare(
      `select 1 from event where object = ? and substr(uid, 1, 2) = substr(?, 1, 2) and uid = ?
         and (epoch, resource_version) > (?, ?) and time between ? and ? and seq <= ? limit 1`,
    );
    // The plus: see event-revisions.ts.
    this.#row = db.prepare(`select ${PAGE_COLUMNS} ${JOIN_LATEST} where e.seq = +?`);
    this.#heads = db.prepare(
      `select event.seq, time, epoch, resource_version, event_group
       from json_each(?) as wanted join event on event.seq = wanted.value`,
    );
    this.#words = new WordIndexReader(db);
    this.#objects = options.objects;
    this.#story = new ObjectRevisions(db, `select ${CANDIDATE_COLUMNS} ${JOIN_LATEST}`);
  }

  async *events(query: EventQuery, options: EventsOptions): AsyncGenerator<StoredEvent> {
    const { order, limit = Number.MAX_SAFE_INTEGER, signal } = options;
    let left = limit;
    for (const { found } of this.#slices(query, { ...options, limit }, order === 'oldest-first')) {
      for (const { event } of found) {
        if (left-- <= 0) return;
        yield event;
      }
      if (left <= 0 || signal?.aborted) return;
      // Lets signals and timers of this thread have their turn.
      await setImmediate();
    }
  }

  async page(query: EventQuery, { after, order, ...options }: PageOptions): Promise<EventPage> {
    const { logId, lastSeq } = this.#options.bounds();
    const cursor = after === undefined ? undefined : parsePageCursor(after, { logId, lastSeq });
    const snapshot = cursor?.snapshot ?? lastSeq;
    const { limit, signal } = options;
    const events: StoredEvent[] = [];
    const upTo = (place: RevisionPlace): EventPage => ({ events, next: printPageCursor({ logId, snapshot, place }) });
    for (const { found, reached } of this.#slices(query, options, order === 'oldest-first', {
      snapshot,
      place: cursor?.place,
    })) {
      for (const [index, { event, place }] of found.entries()) {
        events.push(event);
        if (events.length === limit) return reached || index < found.length - 1 ? upTo(place) : { events };
      }
      if (reached && signal?.aborted) {
        return { ...upTo(reached), stoppedAt: Math.min(reached[0], query.until ?? reached[0]) };
      }
      await setImmediate();
    }
    return { events };
  }

  #slices(
    query: EventQuery,
    { revisions = false, limit }: Pick<EventsOptions, 'revisions'> & { readonly limit: number },
    oldestFirst: boolean,
    from?: Pick<PageCursor, 'snapshot'> & { readonly place: RevisionPlace | undefined },
  ): Iterable<Slice> {
    this.#options.groups.refresh();
    const groups = this.#options.groups.select(query);
    // Nothing like it was ever stored: no need to look at everything that was.
    if (groups.ids?.size === 0) return [];
    const resolved = {
      since: query.since ?? Number.MIN_SAFE_INTEGER,
      until: query.until ?? Number.MAX_SAFE_INTEGER,
      groups,
      filter: query.filter,
      revisions,
      oldestFirst,
      limit,
      snapshot: from?.snapshot ?? this.#options.bounds().lastSeq,
      after: from?.place,
    };
    return query.object ? this.#storySlices(query, resolved) : this.#timeSlices(resolved);
  }

  /** By time as long as enough of it is wanted, else by words and fields of groups. */
  *#timeSlices(query: Resolved): Generator<Slice> {
    const { groups, filter, snapshot } = query;
    const match = wordQuery(filter?.words, groups);
    const isIndexed = match !== undefined && this.#words.isUsable(snapshot);
    let reached = query.after;
    if (!isIndexed || !filter?.words) {
      let [looked, found] = [0, 0];
      for (const slice of groups.ids ? this.#selectedSlices(query) : this.#allSlices(query)) {
        yield slice;
        reached = slice.reached;
        if (!reached) return;
        looked += slice.looked;
        found += slice.found.length;
        if (isIndexed && looked >= LOOKED_AT_FIRST && found * RARE < looked) break;
      }
    }
    if (match !== undefined) yield* this.#wordSlices({ ...query, after: reached }, match);
  }

  *#allSlices(query: Resolved): Generator<Slice & { readonly looked: number }> {
    const { since, until, oldestFirst, snapshot } = query;
    const [compare, edge, direction] = oldestFirst ? ['>', '<=', 'asc'] : ['<', '>=', 'desc'];
    const statement = this.#db.prepare<unknown[], CandidateRow>(
      `select ${PAGE_COLUMNS} ${JOIN_LATEST}
       where (e.time, e.epoch, e.resource_version, e.seq) ${compare} (?, ?, ?, ?) and e.time ${edge} ? and e.seq <= ?
       order by e.time ${direction}, e.epoch ${direction}, e.resource_version ${direction}, e.seq ${direction}
       limit ?`,
    );
    const pageRows = Math.max(1, Math.min(PAGE_ROWS, query.limit));
    for (let after = startOf(query); ; ) {
      const slice = this.#db.transaction(() => {
        const rows = statement.all(...after, oldestFirst ? until : since, snapshot, pageRows);
        const last = rows.length < pageRows ? undefined : rows.at(-1);
        const wanted = rows.filter((row) => this.isWanted(row, query));
        return { found: this.#decode(wanted, query), reached: last && placeOf(last), looked: rows.length };
      })();
      yield slice;
      if (!slice.reached) return;
      after = slice.reached;
    }
  }

  /** What groups exclude is passed over without being read in full. */
  *#selectedSlices(query: Resolved): Generator<Slice & { readonly looked: number }> {
    const { since, until, oldestFirst, snapshot, groups } = query;
    const [compare, edge, direction] = oldestFirst ? ['>', '<=', 'asc'] : ['<', '>=', 'desc'];
    const statement = this.#db.prepare<unknown[], HeadRow>(
      `select seq, time, epoch, resource_version, event_group from event
       where (time, epoch, resource_version, seq) ${compare} (?, ?, ?, ?) and time ${edge} ? and seq <= ?
       order by time ${direction}, epoch ${direction}, resource_version ${direction}, seq ${direction} limit ?`,
    );
    for (let after = startOf(query); ; ) {
      const heads = this.#db.transaction(() =>
        statement.all(...after, oldestFirst ? until : since, snapshot, HEAD_ROWS),
      )();
      const last = heads.length < HEAD_ROWS ? undefined : heads.at(-1);
      const selected = heads.filter((row) => groups.ids?.has(row.event_group));
      let looked = heads.length;
      for (const slice of this.#placeSlices(selected.map(placeOf), query)) {
        yield { ...slice, reached: slice.reached ?? (last && placeOf(last)), looked };
        looked = 0;
      }
      if (!last) return;
      after = placeOf(last);
    }
  }

  *#wordSlices(query: Resolved, match: string): Generator<Slice> {
    const { since, until, oldestFirst, snapshot } = query;
    const sign = oldestFirst ? 1 : -1;
    const start = startOf(query);
    const range = oldestFirst ? { from: start[0], to: until } : { from: since, to: start[0] };
    let waiting: RevisionPlace[] = [];
    for (const { seqs, frontier } of this.#words.rounds(match, { range, oldestFirst, snapshot })) {
      for (const row of this.#heads.all(JSON.stringify(seqs))) {
        const place = placeOf(row);
        const isInRange = row.time >= range.from && row.time <= range.to && sign * comparePlaces(place, start) > 0;
        if (isInRange && query.groups.ids?.has(row.event_group) !== false) waiting.push(place);
      }
      waiting.sort((a, b) => sign * comparePlaces(a, b));
      const isReady = ([time]: RevisionPlace): boolean => frontier === undefined || sign * (time - frontier) < 0;
      const ready = waiting.filter(isReady);
      waiting = waiting.slice(ready.length);
      // Nothing of epoch 0 is stored.
      const reached = frontier === undefined ? undefined : ([oldestFirst ? frontier : frontier + 1, 0, 0, 0] as const);
      for (const slice of this.#placeSlices(ready, query)) yield { ...slice, reached: slice.reached ?? reached };
    }
  }

  /**
   * An object's revisions lie together, but not by time: their keys are found part by part, sorted in memory, then read in
   * pages. What ends before all keys are found has reached nothing.
   */
  *#storySlices(query: EventQuery, resolved: Resolved): Generator<Slice> {
    const { groups, limit, oldestFirst, since, until } = resolved;
    const sign = oldestFirst ? 1 : -1;
    // Nothing of epoch 0 is stored.
    const begin = resolved.after ?? ([oldestFirst ? since : until + 1, 0, 0, 0] as const);
    const keys: RevisionPlace[] = [];
    for (const id of this.#objects.ids(query)) {
      for (const rows of this.#story.parts(id, resolved)) {
        this.#db.transaction(() => {
          for (const row of rows) {
            const place = placeOf(row);
            const isSelected = groups.ids?.has(row.event_group) !== false && sign * comparePlaces(place, begin) > 0;
            if (isSelected && this.isWanted(row, resolved)) keys.push(place);
          }
        })();
        yield { found: [], reached: begin };
      }
    }
    const left = keys.toSorted((a, b) => sign * comparePlaces(a, b));
    // One more shows that there are more.
    const wanted = groups.undecided?.size ? left : left.slice(0, limit + 1);
    for (const slice of this.#placeSlices(wanted, { ...resolved, revisions: true })) yield slice;
  }

  /** Those places in their order; the last slice, which may be empty, has nothing behind. */
  *#placeSlices(places: readonly RevisionPlace[], query: Resolved): Generator<Slice> {
    const size = query.groups.undecided?.size ? PAGE_ROWS : Math.max(1, Math.min(PAGE_ROWS, query.limit));
    let start = 0;
    do {
      const part = places.slice(start, start + size);
      start += size;
      const found = this.#db.transaction(() => {
        // One that expired meanwhile is simply no longer there.
        const rows = part.flatMap(([, , , seq]) => this.#row.get(seq) ?? []);
        return this.#decode(query.revisions ? rows : rows.filter((row) => this.isWanted(row, query)), query);
      })();
      yield { found, reached: start < places.length ? part.at(-1) : undefined };
    } while (start < places.length);
  }

  /** Whether all revisions are asked for, or none of the same event that is later lies in the range. */
  isWanted(
    row: Candidate,
    { revisions, since, until, snapshot }: Pick<Resolved, 'revisions' | 'since' | 'until' | 'snapshot'>,
  ): boolean {
    const { latest, latest_time: latestTime } = row;
    if (revisions || latest === null || latest === row.seq) return true;
    if (latest <= snapshot && latestTime !== null && latestTime >= since && latestTime <= until) return false;
    const { object, epoch, resource_version: version } = row;
    const uid = storedUidOfText(row.uid);
    return this.#newerRevision.get(object, uid, uid, epoch, version, since, until, snapshot) === undefined;
  }

  /** What the filter, where it has yet to be asked, lets through. */
  #decode(rows: readonly EventRow[], { groups, filter }: Resolved): Found[] {
    if (rows.length > 0) this.#options.rows.refresh();
    const found: Found[] = [];
    for (const row of rows) {
      const event = this.#options.rows.storedEvent(row);
      if (!groups.undecided?.has(row.event_group) || filter?.matches(event)) found.push({ event, place: placeOf(row) });
    }
    return found;
  }
}
