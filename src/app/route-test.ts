/** `tidings route test`: what the routes of a configuration would make of events, stored ones or others. */
import type { EventQuery, History, StoredEvent } from '../component/history.ts';
import { checkedEvent } from '../core/checked-event.ts';
import { type EventsV1Event, fromEventsV1 } from '../core/event-conversion.ts';
import { type EventRecord, eventRecord } from '../core/record.ts';
import { compileFilter } from '../lang/filter.ts';
import { filtersOf } from '../pipeline/route.ts';
import type { Route } from '../pipeline/route-config.ts';
import { RouteTrial, type RouteVerdict, routePlaces } from '../pipeline/route-trial.ts';
import type { HeldBack } from '../pipeline/sink-router.ts';
import { isObject } from '../util/is-object.ts';
import { LruMap } from '../util/lru-map.ts';
import type { RunConfig } from './run.ts';

/** How many records became what on their way to sinks. */
export interface RouteCounts {
  sent: number;
  /** Left out by `sample`, folded by `dedupe`, held back by `throttle`. */
  sampledOut: number;
  folded: number;
  throttled: number;
}

export type RouteResult = keyof RouteCounts | 'dropped' | 'unrouted';

export interface RouteReport {
  /** Revisions of events. */
  readonly records: number;
  readonly routes: readonly (RouteCounts & {
    /** `routes[0].routes[1]` */
    readonly route: string;
    /** Its `match`; absent when it matches all. */
    readonly match?: string;
    readonly drop?: string;
    readonly matched: number;
    readonly dropped: number;
  })[];
  readonly sinks: readonly (RouteCounts & { readonly sink: string })[];
  /** Those that a route drops, and those that no route takes. */
  readonly dropped: number;
  readonly unrouted: number;
  /** A few, of different reasons where there are. */
  readonly samples: readonly {
    readonly result: RouteResult;
    readonly sink?: string;
    readonly route?: string;
    readonly record: EventRecord;
  }[];
  /** Filters that read what is known of objects while events arrive, and is not stored: there they found nothing. */
  readonly readObjects: readonly string[];
}

/** What becomes of one event. */
export interface EventVerdict {
  readonly record: EventRecord;
  readonly matched: readonly string[];
  readonly droppedBy?: string;
  readonly sinks: readonly {
    readonly sink: string;
    readonly route?: string;
    readonly result: keyof RouteCounts;
    readonly labels: Readonly<Record<string, string>>;
  }[];
}

type TestedConfig = Pick<RunConfig, 'routes' | 'sinks'>;

/** How many events are told apart to know what a revision adds to the one before it. */
const REMEMBERED = 100_000;
const SAMPLES = 3;
const RESULTS = {
  sent: 'sent',
  sample: 'sampledOut',
  dedupe: 'folded',
  throttle: 'throttled',
} as const satisfies Record<'sent' | HeldBack, keyof RouteCounts>;

/** Runs what is stored through the routes. Rejects with FILTER_INVALID, and as the history does. */
export async function testRoutes(
  config: TestedConfig,
  history: Pick<History, 'events'>,
  { filter, ...range }: Pick<EventQuery, 'since' | 'until'> & { readonly filter?: string },
): Promise<RouteReport> {
  const wanted = filter === undefined ? undefined : compileFilter(filter, { otherwise: false, onError: () => {} });
  const trial = trialOf(config);
  const report = new Report(config);
  const counts = new LruMap<string, number>(REMEMBERED);
  for await (const stored of history.events(range, { revisions: true, order: 'oldest-first' })) {
    const context = { occurrences: addedBy(stored, counts, range.since) };
    // All are judged, since what the others do to throttles and windows counts as well.
    const verdict = trial.judge(stored, context);
    if (wanted?.matches(stored, context) ?? true) report.add(stored, verdict);
  }
  return report.read();
}

/** Judges events as they are given: of core/v1 or events.k8s.io/v1, as JSON. The function throws EVENT_INVALID. */
export function eventJudge(config: TestedConfig, cluster: string): (event: unknown, now: number) => EventVerdict {
  const trial = trialOf(config);
  const places = routePlaces(config.routes);
  let number = 0;
  return (value, now) => {
    const record = recordOf(value, { cluster, now, number: ++number });
    const { matched, droppedBy, sinks } = trial.judge(record, { occurrences: 1 });
    const place = (route: Route): string => places.get(route) ?? '';
    return {
      record,
      matched: matched.map(place),
      ...(droppedBy && { droppedBy: place(droppedBy) }),
      sinks: sinks.map(({ sink, route, result, message }) => ({
        sink,
        ...(route && { route: place(route) }),
        result: RESULTS[result],
        labels: message?.labels ?? {},
      })),
    };
  };
}

function trialOf({ routes, sinks }: TestedConfig): RouteTrial {
  return new RouteTrial({ routes, sinks: sinks.map(({ name }) => name) });
}

/** What a revision adds; of the first one that is seen of an older event, that is not known, and taken for 1. */
function addedBy({ cluster, body, occurrences, firstSeen }: StoredEvent, counts: LruMap<string, number>, since = 0) {
  const key = `${cluster}\n${body.metadata.uid}`;
  const before = counts.get(key);
  counts.set(key, occurrences);
  if (before !== undefined) return occurrences < before ? occurrences : occurrences - before;
  return firstSeen >= since ? occurrences : 1;
}

/** What an event that was typed by hand need not say is made up. */
function recordOf(
  value: unknown,
  { cluster, now, number }: { readonly cluster: string; readonly now: number; readonly number: number },
): EventRecord {
  const { tidings, metadata, ...fields } = isObject(value) ? value : {};
  const known = { name: `event-${number}`, uid: `event-${number}`, resourceVersion: String(number) };
  const given = isObject(value)
    ? { ...fields, metadata: { ...known, ...(isObject(metadata) ? metadata : {}) } }
    : value;
  const isEventsV1 = fields['apiVersion'] === 'events.k8s.io/v1';
  const event = checkedEvent(isEventsV1 ? fromEventsV1(given as EventsV1Event) : given, 'test event');
  const own = isObject(tidings) && typeof tidings['cluster'] === 'string' ? tidings['cluster'] : cluster;
  return eventRecord(event, { cluster: own, epoch: 1, scope: '*', receivedAt: now, origin: 'watch', news: true });
}

class Report {
  readonly #routes: ReadonlyMap<Route, RouteCounts & { matched: number; dropped: number }>;
  readonly #sinks: ReadonlyMap<string, RouteCounts>;
  readonly #places: ReadonlyMap<Route, string>;
  readonly #readObjects: readonly string[];
  /** By what they are samples of. */
  readonly #samples = new Map<
    string,
    { readonly kinds: Set<string>; readonly list: RouteReport['samples'][number][] }
  >();
  #records = 0;
  #dropped = 0;
  #unrouted = 0;

  constructor({ routes, sinks }: TestedConfig) {
    this.#places = routePlaces(routes);
    this.#routes = new Map([...this.#places.keys()].map((route) => [route, { matched: 0, dropped: 0, ...zero() }]));
    this.#sinks = new Map(sinks.map(({ name }) => [name, zero()]));
    this.#readObjects = filtersOf(routes)
      .filter(({ variables }) => variables.has('object'))
      .map(({ source }) => source);
  }

  add(record: EventRecord, { matched, droppedBy, sinks }: RouteVerdict): void {
    this.#records++;
    for (const route of matched) this.#count(route, 'matched');
    for (const { sink, route, result } of sinks) {
      const counted = RESULTS[result];
      if (route) this.#count(route, counted);
      const ofSink = this.#sinks.get(sink);
      if (ofSink) ofSink[counted]++;
      this.#sample(record, { result: counted, sink, ...(route && this.#place(route)) });
    }
    if (droppedBy) {
      this.#dropped++;
      this.#count(droppedBy, 'dropped');
      this.#sample(record, { result: 'dropped', ...this.#place(droppedBy) });
    } else if (sinks.length === 0) {
      this.#unrouted++;
      this.#sample(record, { result: 'unrouted' });
    }
  }

  read(): RouteReport {
    return {
      records: this.#records,
      routes: [...this.#routes].map(([route, counts]) => ({
        route: this.#places.get(route) ?? '',
        ...(route.match && { match: route.match.source }),
        ...(route.drop && { drop: route.drop.source }),
        ...counts,
      })),
      sinks: [...this.#sinks].map(([sink, counts]) => ({ sink, ...counts })),
      dropped: this.#dropped,
      unrouted: this.#unrouted,
      samples: [...this.#samples.values()].flatMap(({ list }) => list),
      readObjects: this.#readObjects,
    };
  }

  #place(route: Route): { readonly route: string } {
    return { route: this.#places.get(route) ?? '' };
  }

  #count(route: Route, what: keyof RouteCounts | 'matched' | 'dropped'): void {
    const counts = this.#routes.get(route);
    if (counts) counts[what]++;
  }

  #sample(record: EventRecord, of: Omit<RouteReport['samples'][number], 'record'>): void {
    const key = `${of.result}\n${of.sink ?? ''}\n${of.route ?? ''}`;
    const samples = this.#samples.get(key) ?? { kinds: new Set(), list: [] };
    this.#samples.set(key, samples);
    const kind = `${record.body.reason ?? ''}\n${record.subject.kind ?? ''}`;
    if (samples.list.length >= SAMPLES || samples.kinds.has(kind)) return;
    samples.kinds.add(kind);
    samples.list.push({ ...of, record });
  }
}

function zero(): RouteCounts {
  return { sent: 0, sampledOut: 0, folded: 0, throttled: 0 };
}
