/**
 * Counts by group and bucket of time. Whole hours come from the rollups, and what these do not count yet, where they can tell: for groups of which a filter
 * holds whatever the event, and buckets that begin with an hour. The rest is read row by row. All of it newest first, a
 * bounded part at a time, so that it can be stopped.
 */
import { setImmediate } from 'node:timers/promises';
import type { Database, Statement } from 'better-sqlite3';
import type {
  BucketCount,
  CountOptions,
  CountQuery,
  Counts,
  EventClass,
  EventFilter,
} from '../../component/history.ts';
import type { Interval } from '../../core/coverage.ts';
import type { EventQueries } from './event-queries.ts';
import type { GroupReader } from './group-reader.ts';
import { HourlyReader } from './hourly-reader.ts';
import { HOUR_MS } from './hourly-writer.ts';
import type { RevisionPlace } from './revision-place.ts';

/** What is read at once: some 20 ms of it. */
const ROWS_AT_ONCE = 5_000;
const HOURS_AT_ONCE = 24;
const CLASS_HOURS_AT_ONCE = 240;
const PROBED_HOURS_AT_ONCE = 120;
const EVENTS_AT_ONCE = 1_000;
/** Groups that are looked up one by one, of the thousands that an hour has. */
const MAX_PROBED = 400;

type Buckets = NonNullable<CountOptions['buckets']>;

type CountedRow = [...RevisionPlace, group: number, occurrences: number];

interface Parts {
  /** Whole hours, by number. */
  readonly hours: Interval | undefined;
  /** What is left of the range. */
  readonly rest: readonly Interval[];
}

export interface GroupCountsOptions {
  readonly groups: GroupReader;
  readonly queries: Pick<EventQueries, 'page'>;
}

export class GroupCounts {
  readonly #db: Database;
  readonly #options: GroupCountsOptions;
  readonly #hourly: HourlyReader;
  readonly #classes: Statement<[], EventClass & { readonly id: number }>;
  readonly #rows: Statement<[number, number, number, number, number, number], CountedRow>;
  readonly #range: Statement<[], { oldest: number | null; newest: number | null }>;

  constructor(db: Database, options: GroupCountsOptions) {
    this.#db = db;
    this.#options = options;
    this.#hourly = new HourlyReader(db);
    this.#classes = db.prepare(
      `select event_class.id, cluster.name as cluster, type, reason, kind
       from event_class join cluster on cluster.id = event_class.cluster`,
    );
    this.#rows = db
      .prepare<[number, number, number, number, number, number], CountedRow>(
        `select e.time, e.epoch, e.resource_version, e.seq, event_group, occurrences from event e
       where (e.time, e.epoch, e.resource_version, e.seq) < (?, ?, ?, ?) and e.time >= ?
       order by e.time desc, e.epoch desc, e.resource_version desc, e.seq desc limit ?`,
      )
      .raw();
    // Each by itself: SQLite finds one end of an index at once, and both by reading all of it.
    this.#range = db.prepare('select (select min(time) from event) as oldest, (select max(time) from event) as newest');
  }

  async count(query: CountQuery, options: CountOptions): Promise<Counts> {
    const { by, buckets, signal } = options;
    const { groups } = this.#options;
    const { ids, undecided } = this.#db.transaction(() => {
      groups.refresh();
      return groups.select(query);
    })();
    const sums = new Sums(buckets);
    const stops: (number | undefined)[] = [];
    if (ids === undefined || ids.size > (undecided?.size ?? 0)) {
      const decided = ids && new Set([...ids].filter((id) => !undecided?.has(id)));
      stops.push(...(await this.#countDecided(query, options, { decided, keyOf: this.#keys(by), sums, signal })));
    }
    if (undecided?.size && query.filter)
      stops.push(await this.#countUndecided(query, query.filter, { by, sums, signal }));
    const stopped = stops.filter((stop) => stop !== undefined);
    return { counts: sums.counts(), ...(stopped.length > 0 && { countedFrom: Math.max(...stopped) }) };
  }

  async #countDecided(
    query: CountQuery,
    { byClass, buckets }: CountOptions,
    counting: Counting,
  ): Promise<(number | undefined)[]> {
    const { hours, rest } = this.#parts(query, buckets);
    const stops: (number | undefined)[] = [];
    for (const part of rest) stops.push(await this.#countRows(part, counting));
    const classes = byClass && this.#classesOf(query);
    if (hours && classes) {
      const keys = new Map(classes.map(([id, one]) => [id, byClass(one)]));
      stops.push(await this.#countClasses(hours, buckets, { ...counting, classes: keys }));
    } else if (hours && counting.decided && counting.decided.size <= MAX_PROBED) {
      stops.push(await this.#probeHours(hours, buckets, counting, counting.decided));
    } else if (hours) stops.push(await this.#countHours(hours, buckets, counting));
    return stops;
  }

  /** Of groups, each asked for once. */
  #keys(by: CountOptions['by']): (group: number) => string {
    const keys = new Map<number, string>();
    return (group) => {
      let key = keys.get(group);
      if (key === undefined) {
        key = by(this.#options.groups.get(group));
        keys.set(group, key);
      }
      return key;
    };
  }

  #parts({ since, until }: CountQuery, buckets: Buckets | undefined): Parts {
    const { oldest, newest } = this.#range.get() ?? {};
    if (typeof oldest !== 'number' || typeof newest !== 'number') return { hours: undefined, rest: [] };
    const first = Math.floor(oldest / HOUR_MS) * HOUR_MS;
    const from = Math.max(since ?? first, first);
    // The hour that is under way is whole when nothing lies behind the range.
    const to = until === undefined || until >= newest ? (Math.floor(newest / HOUR_MS) + 1) * HOUR_MS - 1 : until;
    if (from > to) return { hours: undefined, rest: [] };
    const isByHour = !buckets || (buckets.step % HOUR_MS === 0 && buckets.start % HOUR_MS === 0);
    const hours = { from: Math.ceil(from / HOUR_MS), to: Math.floor((to + 1) / HOUR_MS) - 1 };
    if (!isByHour || hours.from > hours.to) return { hours: undefined, rest: [{ from, to }] };
    const rest = [
      { from: (hours.to + 1) * HOUR_MS, to },
      { from, to: hours.from * HOUR_MS - 1 },
    ];
    return { hours, rest: rest.filter((part) => part.from <= part.to) };
  }

  /** Gives how far back it came when it was stopped. */
  async #countHours(hours: Interval, buckets: Buckets | undefined, counting: Counting): Promise<number | undefined> {
    const { keyOf, sums, signal, decided } = counting;
    for (let to = hours.to; to >= hours.from; ) {
      const start = buckets && (buckets.start + sums.bucketOf(to * HOUR_MS) * buckets.step) / HOUR_MS;
      const from = Math.max(hours.from, to - HOURS_AT_ONCE + 1, start ?? hours.from);
      const bucket = sums.bucketOf(to * HOUR_MS);
      for (const [group, revisions, occurrences] of this.#hourly.sumsByGroup(from, to)) {
        if (decided?.has(group) !== false) sums.add(bucket, keyOf(group), revisions, occurrences);
      }
      to = from - 1;
      if (to >= hours.from && signal?.aborted) return from * HOUR_MS;
      await setImmediate();
    }
    return undefined;
  }

  async #probeHours(
    hours: Interval,
    buckets: Buckets | undefined,
    { keyOf, sums, signal }: Counting,
    groups: ReadonlySet<number>,
  ): Promise<number | undefined> {
    for (let to = hours.to; to >= hours.from; ) {
      const from = Math.max(hours.from, to - PROBED_HOURS_AT_ONCE + 1);
      for (const [hour, group, revisions, occurrences] of this.#hourly.ofGroups(groups, from, to)) {
        sums.add(buckets ? sums.bucketOf(hour * HOUR_MS) : 0, keyOf(group), revisions, occurrences);
      }
      to = from - 1;
      if (to >= hours.from && signal?.aborted) return from * HOUR_MS;
      await setImmediate();
    }
    return undefined;
  }

  /** Those that match whatever their namespace; undefined when that matters. */
  #classesOf({
    clusters,
    namespaces,
    types,
    reasons,
    filter,
  }: CountQuery): [id: number, group: EventClass][] | undefined {
    if (namespaces) return undefined;
    const listed = ({ cluster, type, reason }: EventClass): boolean =>
      (clusters?.includes(cluster) ?? true) && (types?.includes(type) ?? true) && (reasons?.includes(reason) ?? true);
    const found: [number, EventClass][] = [];
    for (const { id, ...group } of this.#classes.iterate()) {
      const holds = listed(group) && (filter ? filter.ofClass?.(group) : true);
      if (holds === undefined) return undefined;
      if (holds) found.push([id, group]);
    }
    return found;
  }

  async #countClasses(
    hours: Interval,
    buckets: Buckets | undefined,
    { classes, sums, signal }: ClassCounting,
  ): Promise<number | undefined> {
    for (let to = hours.to; to >= hours.from; ) {
      const from = Math.max(hours.from, to - CLASS_HOURS_AT_ONCE + 1);
      for (const [hour, id, revisions, occurrences] of this.#hourly.ofAllClasses(from, to)) {
        const key = classes.get(id);
        if (key !== undefined) sums.add(buckets ? sums.bucketOf(hour * HOUR_MS) : 0, key, revisions, occurrences);
      }
      to = from - 1;
      if (to >= hours.from && signal?.aborted) return from * HOUR_MS;
      await setImmediate();
    }
    return undefined;
  }

  async #countRows({ from, to }: Interval, counting: Counting): Promise<number | undefined> {
    const { decided, keyOf, sums, signal } = counting;
    let place: [number, number, number, number] = [to + 1, -1, -1, -1];
    for (;;) {
      const rows = this.#rows.all(...place, from, ROWS_AT_ONCE);
      for (const [time, , , , group, occurrences] of rows) {
        if (decided?.has(group) !== false) sums.add(sums.bucketOf(time), keyOf(group), 1, occurrences);
      }
      const last = rows.at(-1);
      if (!last || rows.length < ROWS_AT_ONCE) return undefined;
      const [time, epoch, version, seq] = last;
      if (signal?.aborted) return time;
      place = [time, epoch, version, seq];
      await setImmediate();
    }
  }

  async #countUndecided(
    query: CountQuery,
    filter: EventFilter,
    { by, sums, signal }: Pick<CountOptions, 'by'> & Pick<Counting, 'sums' | 'signal'>,
  ): Promise<number | undefined> {
    const undecided: EventFilter = {
      ofGroup: (group) => (filter.ofGroup(group) === undefined ? undefined : false),
      matches: (event) => filter.matches(event),
    };
    const options = { revisions: true, limit: EVENTS_AT_ONCE, ...(signal && { signal }) };
    let after: { readonly after?: string } = {};
    for (;;) {
      const page = await this.#options.queries.page({ ...query, filter: undecided }, { ...options, ...after });
      for (const { cluster, time, body, occurrences } of page.events) {
        const { metadata, type = '', reason = '', involvedObject } = body;
        const { kind = '' } = involvedObject;
        const key = by({ cluster, namespace: metadata.namespace ?? '', type, reason, kind });
        sums.add(sums.bucketOf(time), key, 1, occurrences);
      }
      if (page.stoppedAt !== undefined || page.next === undefined) return page.stoppedAt;
      after = { after: page.next };
    }
  }
}

interface ClassCounting {
  /** Their keys. */
  readonly classes: ReadonlyMap<number, string>;
  readonly sums: Sums;
  readonly signal: AbortSignal | undefined;
}

interface Counting {
  /** Those of which it is decided; undefined: all. */
  readonly decided: ReadonlySet<number> | undefined;
  readonly keyOf: (group: number) => string;
  readonly sums: Sums;
  readonly signal: AbortSignal | undefined;
}

interface Sum {
  revisions: number;
  occurrences: number;
}

class Sums {
  readonly #buckets: Buckets | undefined;
  readonly #sums = new Map<number, Map<string, Sum>>();

  constructor(buckets: Buckets | undefined) {
    this.#buckets = buckets;
  }

  bucketOf(time: number): number {
    return this.#buckets ? Math.floor((time - this.#buckets.start) / this.#buckets.step) : 0;
  }

  add(bucket: number, key: string, revisions: number, occurrences: number): void {
    let ofBucket = this.#sums.get(bucket);
    if (!ofBucket) {
      ofBucket = new Map();
      this.#sums.set(bucket, ofBucket);
    }
    const sum = ofBucket.get(key);
    if (sum) {
      sum.revisions += revisions;
      sum.occurrences += occurrences;
    } else ofBucket.set(key, { revisions, occurrences });
  }

  counts(): BucketCount[] {
    return [...this.#sums].flatMap(([bucket, keys]) => Array.from(keys, ([key, sum]) => ({ bucket, key, ...sum })));
  }
}
