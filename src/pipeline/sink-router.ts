/** What the routes make of the records on their way to one sink: messages, or nothing. */
import { createHash } from 'node:crypto';
import type { InvolvedObject, Message } from '../component/message.ts';
import type { Event } from '../core/event.ts';
import type { EventRecord } from '../core/record.ts';
import { recordKey } from '../core/record-key.ts';
import type { RecordContext } from '../lang/filter.ts';
import { LruMap } from '../util/lru-map.ts';
import { filtersOf, type RoutePath, routesOf } from './route.ts';
import type { Redaction, Route, Throttle, ThrottleField } from './route-config.ts';

/** How many keys a throttle, and how many events a dedupe window, tells apart; beyond them the oldest begin anew. */
const REMEMBERED = 10_000;
const MAX_KEY_LENGTH = 100;
const NO_LABELS: Message['labels'] = Object.freeze({});

export interface SinkRouterOptions {
  /** None: every record goes to the sink. */
  readonly routes: readonly Route[];
  readonly sink: string;
  /** The time that throttles and windows go by, in milliseconds. */
  readonly now?: (record: EventRecord) => number;
}

/** Why a record that is routed to the sink is held back all the same. */
export type HeldBack = 'throttle' | 'dedupe' | 'sample';

export class SinkRouter {
  /** Whether a filter of the routes asks for what is known of the object. */
  readonly readsObject: boolean;
  readonly #routes: readonly Route[];
  readonly #sink: string;
  readonly #now: (record: EventRecord) => number;
  readonly #buckets = new Map<Route, LruMap<string, { tokens: number; at: number }>>();
  readonly #windows = new Map<Route, LruMap<string, { until: number; folded: number }>>();

  constructor({ routes, sink, now = Date.now }: SinkRouterOptions) {
    this.readsObject = filtersOf(routes).some(({ variables }) => variables.has('object'));
    this.#routes = routes;
    this.#sink = sink;
    this.#now = now;
  }

  /** Whether the record is led there, whatever windows and throttles hold back; undefined where that takes its object. */
  leads(record: EventRecord, occurrences: number): boolean | undefined {
    if (this.readsObject) return undefined;
    const path = this.#pathOf(record, { occurrences });
    return path !== undefined && !isSampledOut(path, record);
  }

  /** The message for the sink; undefined when no route leads the record there, or why it is held back. */
  route(record: EventRecord, context: Context): Message | HeldBack | undefined {
    const path = this.#pathOf(record, context);
    if (!path) return undefined;
    if (isSampledOut(path, record)) return 'sample';
    const folded = this.#foldedInto(record, path);
    if (folded === undefined) return 'dedupe';
    if (!path.every((route) => this.#hasToken(route, record))) return 'throttle';
    const { occurrences, object, previous } = context;
    const redactions = path.flatMap(({ redact }) => redact);
    return {
      record: redacted(record, redactions),
      key: recordKey(record),
      occurrences,
      labels: labelsOf(path),
      folded,
      ...(object && { object }),
      ...(previous && { previous: redacted(previous, redactions) }),
    };
  }

  #pathOf(record: EventRecord, context: Context): RoutePath | undefined {
    if (this.#routes.length === 0) return [];
    return routesOf(this.#routes, record, recordContext(context)).get(this.#sink);
  }

  /** How many revisions were held back before this one; undefined when this one is too. */
  #foldedInto(record: EventRecord, path: RoutePath): number | undefined {
    const route = path.findLast(({ dedupe }) => dedupe !== undefined);
    if (!route?.dedupe) return 0;
    const windows = remembered(this.#windows, route);
    const event = eventKey(record);
    const now = this.#now(record);
    const window = windows.get(event);
    if (window && now < window.until) {
      window.folded++;
      return undefined;
    }
    windows.set(event, { until: now + route.dedupe.window, folded: 0 });
    return window?.folded ?? 0;
  }

  /** A token bucket a key: it fills evenly, and a record takes one. */
  #hasToken(route: Route, record: EventRecord): boolean {
    const { throttle } = route;
    if (!throttle) return true;
    const buckets = remembered(this.#buckets, route);
    const key = throttleKey(throttle, record);
    const now = this.#now(record);
    const { rate, burst = rate.count } = throttle;
    const bucket = buckets.get(key) ?? { tokens: burst, at: now };
    const filled = bucket.tokens + (Math.max(0, now - bucket.at) * rate.count) / rate.periodMs;
    const tokens = Math.min(burst, filled);
    const hasToken = tokens >= 1;
    buckets.set(key, { tokens: hasToken ? tokens - 1 : tokens, at: now });
    return hasToken;
  }
}

interface Context {
  readonly occurrences: number;
  readonly object?: InvolvedObject;
  /** The revision of the event before the record. */
  readonly previous?: EventRecord;
}

/** What a filter sees of it. */
export function recordContext({ occurrences, object }: Context): RecordContext {
  if (!object) return { occurrences };
  const { labels, annotations, owners, node = '' } = object;
  // The nearest owner of a kind, where there are several.
  const names = Object.fromEntries(owners.toReversed().map(({ kind, name }) => [kind, name]));
  return { occurrences, object: { labels, annotations, owners: names, node } };
}

function remembered<V>(maps: Map<Route, LruMap<string, V>>, route: Route): LruMap<string, V> {
  let map = maps.get(route);
  if (!map) maps.set(route, (map = new LruMap(REMEMBERED)));
  return map;
}

function throttleKey({ key }: Throttle, { cluster, body }: EventRecord): string {
  const { metadata, involvedObject: object } = body;
  const parts: Readonly<Record<ThrottleField, string | undefined>> = {
    cluster,
    'metadata.namespace': metadata.namespace,
    'involvedObject.apiVersion': object.apiVersion,
    'involvedObject.kind': object.kind,
    'involvedObject.namespace': object.namespace,
    'involvedObject.name': object.name,
    'involvedObject.uid': object.uid,
    'involvedObject.fieldPath': object.fieldPath,
    type: body.type,
    reason: body.reason,
    message: body.message,
    action: body.action,
    reportingComponent: body.reportingComponent || body.source?.component,
    reportingInstance: body.reportingInstance || body.source?.host,
  };
  return briefly(key.map((field) => parts[field] ?? '').join('\n'));
}

/** So that what is remembered does not grow with what emitters write. */
function briefly(text: string): string {
  return text.length <= MAX_KEY_LENGTH ? text : createHash('sha256').update(text).digest('base64');
}

function labelsOf(path: RoutePath): Message['labels'] {
  return path.length === 0 ? NO_LABELS : (Object.assign({}, ...path.map(({ labels }) => labels)) as Message['labels']);
}

function eventKey({ cluster, body }: EventRecord): string {
  return `${cluster}\n${body.metadata.uid}`;
}

function isSampledOut(path: RoutePath, record: EventRecord): boolean {
  return path.some(({ sample = 1 }) => sample < 1 && shareOf(eventKey(record)) >= sample);
}

/** A number from 0 to 1, exclusive, that depends on nothing but the text: a replay takes the same sample. */
function shareOf(text: string): number {
  // FNV-1a, 32 bits: http://www.isthe.com/chongo/tech/comp/fnv/
  let hash = 0x811c9dc5;
  for (let index = 0; index < text.length; index++) hash = Math.imul(hash ^ text.charCodeAt(index), 0x01000193);
  return (hash >>> 0) / 2 ** 32;
}

/** In the message and in annotations, which is where emitters write what they know. */
export function redacted(record: EventRecord, redactions: readonly Redaction[]): EventRecord {
  if (redactions.length === 0) return record;
  const redact = (text: string): string =>
    redactions.reduce((left, { pattern, replacement }) => pattern.replaceAll(left, replacement), text);
  const { message, metadata } = record.body;
  const annotations =
    metadata.annotations &&
    Object.fromEntries(Object.entries(metadata.annotations).map(([name, value]) => [name, redact(value)]));
  const body: Event = {
    ...record.body,
    ...(message !== undefined && { message: redact(message) }),
    metadata: { ...metadata, ...(annotations && { annotations }) },
  };
  return { ...record, body };
}
