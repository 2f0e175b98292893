/**
 * The events of a range that have the highest counts, or began last. All of them are looked at, newest first, and as many
 * are kept as a page holds; what began last is found without looking at what was last seen before it.
 */
import { setImmediate } from 'node:timers/promises';
import type { Database, Statement } from 'better-sqlite3';
import type { EventPage, EventQuery, Ranking, RankOptions, StoredEvent } from '../../component/history.ts';
import { AppError } from '../../core/errors.ts';
import type { EventQueries, EventQueryOptions } from './event-queries.ts';
import type { SelectedGroups } from './group-reader.ts';
import type { ObjectReader } from './object-reader.ts';
import { ObjectRevisions } from './object-revisions.ts';
import { comparePlaces, parsePlace, placeOf, printPlace, type RevisionPlace } from './revision-place.ts';
import { EVENT_COLUMNS, type EventRow } from './row-reader.ts';

/** What is read at once: some 10 ms of it. */
const ROWS_AT_ONCE = 2_000;

interface RankedRow extends EventRow {
  readonly count: number;
  readonly latest: number | null;
  readonly latest_time: number | null;
}

/** What a page is ordered by, and what is behind a cursor. */
interface Rank {
  readonly value: number;
  readonly place: RevisionPlace;
}

interface Ranked extends Rank {
  readonly event: StoredEvent;
}

interface RankCursor {
  readonly snapshot: number;
  readonly rank: Rank | undefined;
}

interface Ask {
  readonly query: EventQuery;
  readonly groups: SelectedGroups;
  readonly by: Ranking;
  readonly cursor: RankCursor;
  readonly since: number;
  readonly until: number;
}

export interface EventRankingOptions extends EventQueryOptions {
  readonly queries: Pick<EventQueries, 'isWanted'>;
  readonly objects: ObjectReader;
}

const COLUMNS = `${EVENT_COLUMNS}, count, s.latest, s.time as latest_time`;

export class EventRanking {
  readonly #db: Database;
  readonly #options: EventRankingOptions;
  readonly #byTime: Statement<[...RevisionPlace, since: number, snapshot: number, limit: number], RankedRow>;
  readonly #ofObject: ObjectRevisions<RankedRow>;

  constructor(db: Database, options: EventRankingOptions) {
    this.#db = db;
    this.#options = options;
    const from = `select ${COLUMNS} from event e left join series s on s.id = ifnull(e.series, e.seq)`;
    this.#byTime = db.prepare(
      `${from} where (e.time, e.epoch, e.resource_version, e.seq) < (?, ?, ?, ?) and e.time >= ? and e.seq <= ?
       order by e.time desc, e.epoch desc, e.resource_version desc, e.seq desc limit ?`,
    );
    this.#ofObject = new ObjectRevisions(db, from);
  }

  async ranked(query: EventQuery, { by, limit, after, signal }: RankOptions): Promise<EventPage> {
    const { groups, bounds } = this.#options;
    const { logId, lastSeq } = bounds();
    const cursor =
      after === undefined ? { snapshot: lastSeq, rank: undefined } : parseCursor(after, { logId, lastSeq });
    groups.refresh();
    const { since = Number.MIN_SAFE_INTEGER, until = Number.MAX_SAFE_INTEGER } = query;
    const ask: Ask = { query, groups: groups.select(query), by, cursor, since, until };
    // One more shows that there are more.
    const kept = new Kept(limit + 1);
    const stoppedAt = await this.#look(ask, kept, signal);
    const found = kept.best();
    const page = found.slice(0, limit);
    const last = page.at(-1);
    return {
      events: page.map(({ event }) => event),
      ...(found.length > limit && last && { next: printCursor({ snapshot: cursor.snapshot, rank: last }, logId) }),
      ...(stoppedAt !== undefined && { stoppedAt }),
    };
  }

  /** Gives how far back it came when it was stopped. */
  async #look(ask: Ask, kept: Kept, signal: AbortSignal | undefined): Promise<number | undefined> {
    const isByTime = !ask.query.object;
    for (const rows of this.#rows(ask)) {
      this.#keep(rows, ask, kept);
      const last = rows.at(-1);
      if (isByTime && last && ask.by === 'first' && !kept.takes(last.time)) return undefined;
      if (isByTime && last && rows.length === ROWS_AT_ONCE && signal?.aborted) return last.time;
      // What is left may be as new as what was looked at.
      if (!isByTime && signal?.aborted) return ask.until;
      await setImmediate();
    }
    return undefined;
  }

  *#rows({ query, since, until, cursor: { snapshot } }: Ask): Generator<readonly RankedRow[]> {
    if (query.object) {
      for (const id of this.#options.objects.ids(query)) yield* this.#ofObject.parts(id, { since, until, snapshot });
      return;
    }
    const edge = Number.MAX_SAFE_INTEGER;
    for (let after: RevisionPlace = [until, edge, edge, edge]; ; ) {
      const rows = this.#byTime.all(...after, since, snapshot, ROWS_AT_ONCE);
      yield rows;
      const last = rows.at(-1);
      if (!last || rows.length < ROWS_AT_ONCE) return;
      after = placeOf(last);
    }
  }

  #keep(rows: readonly RankedRow[], ask: Ask, kept: Kept): void {
    const { query, groups, by, cursor } = ask;
    const range = { since: ask.since, until: ask.until, snapshot: cursor.snapshot, revisions: false };
    this.#db.transaction(() => {
      this.#options.rows.refresh();
      for (const row of rows) {
        if (groups.ids?.has(row.event_group) === false) continue;
        // What began last is known once the event is read.
        const most = by === 'count' ? row.count : row.time;
        if (!kept.takes(most) || !this.#options.queries.isWanted(row, range)) continue;
        const event = this.#options.rows.storedEvent(row);
        const rank = { value: by === 'count' ? row.count : Math.min(event.firstSeen, row.time), place: placeOf(row) };
        if (cursor.rank && compareRanks(rank, cursor.rank) >= 0) continue;
        if (!groups.undecided?.has(row.event_group) || query.filter?.matches(event)) kept.add({ ...rank, event });
      }
    })();
  }
}

/** The best, so many of them. */
class Kept {
  readonly #limit: number;
  #ranked: Ranked[] = [];
  /** Below it nothing is among the best. */
  #least = Number.NEGATIVE_INFINITY;

  constructor(limit: number) {
    this.#limit = limit;
  }

  takes(value: number): boolean {
    return value >= this.#least;
  }

  add(ranked: Ranked): void {
    this.#ranked.push(ranked);
    if (this.#ranked.length < 2 * this.#limit) return;
    this.#ranked = this.best();
    this.#least = this.#ranked.at(-1)?.value ?? this.#least;
  }

  /** The best first. */
  best(): Ranked[] {
    return this.#ranked.toSorted((a, b) => compareRanks(b, a)).slice(0, this.#limit);
  }
}

function compareRanks(a: Rank, b: Rank): number {
  return a.value - b.value || comparePlaces(a.place, b.place);
}

/** `r1-<log id>-<snapshot>-<value>-<place>` */
function printCursor({ snapshot, rank }: { readonly snapshot: number; readonly rank: Rank }, logId: string): string {
  return `r1-${logId}-${snapshot}-${rank.value}-${printPlace(rank.place)}`;
}

function parseCursor(
  cursor: string,
  { logId, lastSeq }: { readonly logId: string; readonly lastSeq: number },
): RankCursor {
  const match = /^r1-([^-]*)-(\d{1,15})-(-?\d{1,16})-(.*)$/.exec(cursor);
  const place = parsePlace(match?.[4] ?? '');
  const [snapshot, value] = [Number(match?.[2]), Number(match?.[3])];
  if (match?.[1] !== logId || !place || snapshot > lastSeq) {
    throw new AppError(
      'CURSOR_INVALID',
      `read a page of ranked events: found cursor ${JSON.stringify(cursor)}, want one that this store gave`,
    );
  }
  return { snapshot, rank: { value, place } };
}
