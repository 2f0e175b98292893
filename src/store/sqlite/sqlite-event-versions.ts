/** The states of clusters, in pages: between two of them neither a statement nor a transaction is open. */
import { setImmediate } from 'node:timers/promises';
import type { Database } from 'better-sqlite3';
import type {
  ClusterVersions,
  EventChange,
  EventVersions,
  KnownCoverage,
  PlacedEvent,
  Version,
  VersionQuery,
} from '../../component/event-versions.ts';
import type { StoredEvent } from '../../component/history.ts';
import type { Position } from '../../component/log.ts';
import { AppError } from '../../core/errors.ts';
import { type Connection, openForReading } from './connection.ts';
import { readCoverage } from './coverage-ledger.ts';
import { dayOf } from './dictionary-writer.ts';
import { GroupReader } from './group-reader.ts';
import { HoursReader } from './hours-reader.ts';
import { type NewestVersion, NewestVersions } from './newest-versions.ts';
import { ObjectReader } from './object-reader.ts';
import { comparePlaces, parsePlace, placeOf, printPlace, type RevisionPlace } from './revision-place.ts';
import { type EventRow, RowReader } from './row-reader.ts';
import { dataVersion, snapshot } from './snapshot.ts';
import { type ChangesPlace, VersionChanges } from './version-changes.ts';
import { isAtOrBefore, type VersionRow, VersionRows } from './version-rows.ts';

/** Looked at in one go: some milliseconds, during which nobody else has this thread. */
const SCANNED_ROWS = 500;
/** Decoded in one go: so few that they are let go of before young objects are collected, and need not be copied. */
const PAGE_ROWS = 100;
/** Read beyond those that are asked for: some are not the latest revision of their event. */
const SPARE_ROWS = 50;
const EDGE = Number.MAX_SAFE_INTEGER;

interface PositionRow {
  readonly name: string;
  readonly cluster_epoch: number;
  readonly scope: string | null;
  readonly epoch: number;
  readonly resource_version: string;
  readonly observed_until: number | null;
}

/** Opens a store, as `openSqliteHistory` does. */
export function openSqliteEventVersions({ path }: { readonly path: string }): SqliteEventVersions {
  return new SqliteEventVersions(openForReading(path));
}

export class SqliteEventVersions implements EventVersions {
  readonly #connection: Connection;
  readonly #db: Database;
  readonly #groups: GroupReader;
  readonly #rows: RowReader;
  readonly #objects: ObjectReader;
  readonly #statements: VersionRows;
  readonly #changes: VersionChanges;
  readonly #hours: HoursReader;
  readonly #newest: NewestVersions;

  constructor(connection: Connection) {
    this.#connection = connection;
    this.#db = connection.db;
    this.#groups = new GroupReader(this.#db);
    this.#rows = new RowReader(this.#db, this.#groups);
    this.#objects = new ObjectReader(this.#db);
    this.#statements = new VersionRows(this.#db);
    this.#changes = new VersionChanges(this.#statements, this.#rows);
    this.#hours = new HoursReader(this.#db);
    this.#newest = new NewestVersions(this.#db, this.#groups);
  }

  async clusters(): Promise<readonly ClusterVersions[]> {
    const rows = this.#snapshot(() =>
      this.#db
        .prepare<[], PositionRow>(
          `select c.name, c.epoch as cluster_epoch, p.scope, p.epoch, p.resource_version,
             (select max(end_ms) from observed o where o.cluster = c.id and o.scope = p.scope) as observed_until
           from cluster c left join position p on p.cluster = c.id order by c.id`,
        )
        .all(),
    );
    const clusters = new Map<string, { name: string; epoch: number; positions: Map<string, Position> }>();
    for (const { name, cluster_epoch, scope, epoch, resource_version, observed_until } of rows) {
      const cluster = clusters.get(name) ?? { name, epoch: cluster_epoch, positions: new Map() };
      clusters.set(name, cluster);
      if (scope === null) continue;
      cluster.positions.set(scope, { epoch, resourceVersion: resource_version, observedUntil: observed_until ?? 0 });
    }
    const found = [...clusters.values()];
    if (found.every(({ positions }) => positions.size > 0)) return found;
    const newest = await this.#newest.read((read) => this.#snapshot(read));
    return found.map((cluster) => ({ ...cluster, ...newestOf(cluster, newest.get(cluster.name)) }));
  }

  async *at({ cluster, resourceVersion, query, after, limit }: VersionQuery): AsyncGenerator<PlacedEvent[]> {
    const { since = Number.MIN_SAFE_INTEGER, until = EDGE } = query;
    const first: RevisionPlace = [since, -1, -1, -1];
    const place = after === undefined ? first : requirePlace(after);
    const start = comparePlaces(place, first) > 0 ? place : first;
    const { epoch, groups } = this.#snapshot(() => ({
      epoch: this.#epoch(cluster),
      groups: this.#selected(query, cluster),
    }));
    const isWanted = (row: VersionRow): boolean =>
      (groups ? groups.has(row.event_group) : this.#clusterOf(row) === cluster) &&
      this.#statements.isLatest(row, epoch, resourceVersion) &&
      !this.#statements.isDeleted(row, epoch, resourceVersion);
    const range = { since, until, start, groups, isWanted, limit };
    const pages = query.object ? this.#objectPages({ ...query, clusters: [cluster] }, range) : this.#timePages(range);
    for (const page of pages) {
      yield page;
      await setImmediate();
    }
  }

  async *changes({ cluster, resourceVersion }: Version, after: number): AsyncGenerator<EventChange> {
    let from: ChangesPlace | undefined = { revision: [after, EDGE], deletion: [after, EDGE, '', EDGE] };
    while (from) {
      const begun: ChangesPlace = from;
      const { changes, next } = this.#snapshot(() => {
        const epoch = this.#epoch(cluster);
        this.#groups.refresh();
        const hasRow = (row: EventRow): boolean => this.#clusterOf(row) === cluster;
        return this.#changes.page({ epoch, hasRow }, begun, resourceVersion);
      });
      yield* changes;
      from = next;
      await setImmediate();
    }
  }

  async named(
    { cluster, resourceVersion }: Version,
    { namespace, name }: { readonly namespace: string; readonly name: string },
    since: number,
    signal?: AbortSignal,
  ): Promise<StoredEvent | undefined> {
    const object = /^(.*)\.[^.]+$/.exec(name)?.[1];
    const query = { namespaces: [namespace], since };
    let found: StoredEvent | undefined;
    // Recorders call an event `<object>.<time>`: https://github.com/kubernetes/client-go/blob/v0.35.4/tools/record/event.go
    if (object) {
      const ofObject = { ...query, object: { name: object } };
      for await (const page of this.at({ cluster, resourceVersion, query: ofObject })) {
        for (const { event } of page) if (event.body.metadata.name === name) found = later(found, event);
      }
    }
    return found ?? this.#scan({ cluster, resourceVersion }, { namespace, name }, since, signal);
  }

  async newest({ cluster, resourceVersion }: Version): Promise<StoredEvent | undefined> {
    let from: [number, number] = [resourceVersion, EDGE];
    // Most often the first one is of the cluster.
    for (let count = 1; ; count = SCANNED_ROWS) {
      const { found, last } = this.#snapshot(() => {
        const epoch = this.#epoch(cluster);
        const rows = this.#statements.byVersionDescending.all(...from, count);
        this.#groups.refresh();
        const row = rows.find((candidate) => candidate.epoch === epoch && this.#clusterOf(candidate) === cluster);
        return { found: row && this.#rows.storedEvent(row), last: rows.length < count ? undefined : rows.at(-1) };
      });
      if (found || !last) return found;
      from = [last.resource_version, last.seq];
      await setImmediate();
    }
  }

  async coverage(): Promise<KnownCoverage> {
    return this.#snapshot(() => {
      const store = this.#db.prepare<[], { before: number }>('select expired_before as before from store').get();
      return { scopes: readCoverage(this.#db, { from: -EDGE, to: EDGE }), expiredBefore: store?.before ?? -EDGE };
    });
  }

  dataVersion(): number {
    return dataVersion(this.#connection);
  }

  async close(): Promise<void> {
    this.#connection.close();
  }

  /** Hours that have nothing of what is wanted are not looked at. */
  *#timePages({ since, start, until, groups, isWanted, limit = EDGE }: Range): Generator<PlacedEvent[]> {
    let missing = limit;
    let count = Math.min(PAGE_ROWS, missing + SPARE_ROWS);
    const range = { from: Math.max(since, start[0]), to: until };
    for (const { from, to } of this.#hours.ranges(groups, range, (read) => this.#snapshot(read))) {
      const first: RevisionPlace = [from, -1, -1, -1];
      let after: RevisionPlace | undefined = comparePlaces(start, first) > 0 ? start : first;
      while (after) {
        const begun: RevisionPlace = after;
        const { page, last } = this.#snapshot(() => {
          const rows = this.#statements.byTime.all(...begun, to, count);
          this.#groups.prefetch(rows);
          const page = this.#decode(rows.filter(isWanted));
          return { page, last: rows.length < count ? undefined : rows.at(-1) };
        });
        yield page;
        missing -= page.length;
        // Where little of a page is wanted there is more to be looked at.
        const isSparse = missing <= 0 || 2 * page.length < count;
        count = isSparse ? Math.min(SCANNED_ROWS, 2 * count) : Math.min(PAGE_ROWS, missing + SPARE_ROWS);
        after = last && placeOf(last);
      }
    }
  }

  /** An object's revisions lie together, but not by time: their places are sorted in memory. */
  *#objectPages(query: Parameters<ObjectReader['ids']>[0], range: Range): Generator<PlacedEvent[]> {
    const { since, until, start, isWanted } = range;
    const rows = this.#snapshot(() =>
      this.#objects.ids(query).flatMap((id) => this.#statements.ofObject.all(id, since, until).filter(isWanted)),
    )
      .filter((row) => comparePlaces(placeOf(row), start) > 0)
      .sort((a, b) => comparePlaces(placeOf(a), placeOf(b)));
    for (let from = 0; from < rows.length; from += PAGE_ROWS) {
      yield this.#snapshot(() => this.#decode(rows.slice(from, from + PAGE_ROWS)));
    }
  }

  /** Newest first through everything since, in pages: only events whose name follows no rule are looked at. */
  async #scan(
    { cluster, resourceVersion }: Version,
    { namespace, name }: { readonly namespace: string; readonly name: string },
    since: number,
    signal: AbortSignal | undefined,
  ): Promise<StoredEvent | undefined> {
    const shapes = new Set(this.#snapshot(() => this.#statements.namedFreely.all(dayOf(since)).map(({ id }) => id)));
    if (shapes.size === 0) return undefined;
    const bytes = Buffer.from(name);
    let from: RevisionPlace = [EDGE, EDGE, EDGE, EDGE];
    let found: StoredEvent | undefined;
    for (;;) {
      signal?.throwIfAborted();
      const last = this.#snapshot(() => {
        const epoch = this.#epoch(cluster);
        const rows = this.#statements.headsByTimeDescending.all(...from, since, SCANNED_ROWS);
        this.#groups.refresh();
        for (const head of rows) {
          if (!shapes.has(head.shape) || !isAtOrBefore(head.epoch, head.resource_version, epoch, resourceVersion))
            continue;
          const group = this.#groups.get(head.event_group);
          if (group.cluster !== cluster || group.namespace !== namespace) continue;
          const row = this.#statements.bySeq.get(head.seq);
          // Names that follow no rule stand in the rows as they are.
          if (!row?.body.includes(bytes)) continue;
          if (this.#statements.isDeleted(row, epoch, resourceVersion)) continue;
          const event = this.#rows.storedEvent(row);
          if (event.body.metadata.name === name) found = later(found, event);
        }
        return rows.length < SCANNED_ROWS ? undefined : rows.at(-1);
      });
      if (found || !last) return found;
      from = placeOf(last);
      await setImmediate();
    }
  }

  /** Undefined when the cluster is all there is to select by: looking at each row then costs less than finding all groups. */
  #selected(query: VersionQuery['query'], cluster: string): ReadonlySet<number> | undefined {
    this.#groups.refresh();
    const { namespaces, types, reasons, filter } = query;
    return namespaces || types || reasons || filter
      ? this.#groups.select({ ...query, clusters: [cluster] }).ids
      : undefined;
  }

  #clusterOf(row: EventRow): string {
    return this.#groups.get(row.event_group).cluster;
  }

  #decode(rows: readonly EventRow[]): PlacedEvent[] {
    if (rows.length > 0) this.#groups.refresh();
    const events = this.#rows.storedEvents(rows);
    return rows.flatMap((row, index) => {
      const event = events[index];
      return event ? [new PlacedRow(event, placeOf(row))] : [];
    });
  }

  #epoch(cluster: string): number {
    return this.#statements.epoch.get(cluster)?.epoch ?? 0;
  }

  /** All of one page comes from one state of the store. */
  #snapshot<T>(read: () => T): T {
    return snapshot(this.#connection, read);
  }
}

interface Range {
  readonly since: number;
  readonly until: number;
  readonly start: RevisionPlace;
  /** Of which events may be wanted; undefined: of all. */
  readonly groups: ReadonlySet<number> | undefined;
  readonly isWanted: (row: VersionRow) => boolean;
  readonly limit: number | undefined;
}

/** Of most rows nobody asks for the place. */
class PlacedRow implements PlacedEvent {
  readonly event: StoredEvent;
  readonly #place: RevisionPlace;

  constructor(event: StoredEvent, place: RevisionPlace) {
    this.event = event;
    this.#place = place;
  }

  get place(): string {
    return printPlace(this.#place);
  }
}

/** Where no position says how far a cluster is. */
function newestOf({ epoch, positions }: ClusterVersions, found: NewestVersion | undefined): { newest?: number } {
  return positions.size === 0 && found?.epoch === epoch ? { newest: found.resourceVersion } : {};
}

function later(found: StoredEvent | undefined, event: StoredEvent): StoredEvent {
  if (!found) return event;
  const sign = event.epoch - found.epoch || versionOf(event) - versionOf(found);
  return sign > 0 ? event : found;
}

function versionOf({ body }: StoredEvent): number {
  return Number(body.metadata.resourceVersion);
}

function requirePlace(text: string): RevisionPlace {
  const place = parsePlace(text);
  if (place) return place;
  throw new AppError('CURSOR_INVALID', `read the store: found place ${JSON.stringify(text)}, want one that it gave`);
}
