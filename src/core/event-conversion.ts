/**
 * Between the normalised event and the two shapes in which the API server serves the same stored object.
 *
 * The table follows the API server's own conversion and the JSON tags of both types:
 * https://github.com/kubernetes/kubernetes/blob/v1.35.4/pkg/apis/events/v1/conversion.go
 * https://github.com/kubernetes/api/blob/v0.35.4/core/v1/types.go
 * https://github.com/kubernetes/api/blob/v0.35.4/events/v1/types.go
 */

import { isObject } from '../util/is-object.ts';
import type { Event, EventSeries, ObjectReference } from './event.ts';

/** How a field prints when its Go value is the zero value. `omit`: not at all. */
type Zero = 'omit' | 'null' | '""' | '{}';

interface Field {
  readonly core: string;
  readonly events: string;
  readonly coreZero: Zero;
  readonly eventsZero: Zero;
}

// In the order of the core/v1 type, which is the order the API server prints them in.
const FIELDS: readonly Field[] = [
  { core: 'metadata', events: 'metadata', coreZero: 'omit', eventsZero: 'omit' },
  { core: 'involvedObject', events: 'regarding', coreZero: '{}', eventsZero: '{}' },
  { core: 'reason', events: 'reason', coreZero: 'omit', eventsZero: 'omit' },
  { core: 'message', events: 'note', coreZero: 'omit', eventsZero: 'omit' },
  { core: 'source', events: 'deprecatedSource', coreZero: '{}', eventsZero: '{}' },
  { core: 'firstTimestamp', events: 'deprecatedFirstTimestamp', coreZero: 'null', eventsZero: 'null' },
  { core: 'lastTimestamp', events: 'deprecatedLastTimestamp', coreZero: 'null', eventsZero: 'null' },
  { core: 'count', events: 'deprecatedCount', coreZero: 'omit', eventsZero: 'omit' },
  { core: 'type', events: 'type', coreZero: 'omit', eventsZero: 'omit' },
  { core: 'eventTime', events: 'eventTime', coreZero: 'null', eventsZero: 'null' },
  { core: 'series', events: 'series', coreZero: 'omit', eventsZero: 'omit' },
  { core: 'action', events: 'action', coreZero: 'omit', eventsZero: 'omit' },
  { core: 'related', events: 'related', coreZero: 'omit', eventsZero: 'omit' },
  { core: 'reportingComponent', events: 'reportingController', coreZero: '""', eventsZero: 'omit' },
  { core: 'reportingInstance', events: 'reportingInstance', coreZero: '""', eventsZero: 'omit' },
];

// The events.k8s.io/v1 type declares them in another order.
const EVENTS_ORDER = [
  'metadata',
  'eventTime',
  'series',
  'reportingController',
  'reportingInstance',
  'action',
  'reason',
  'regarding',
  'related',
  'note',
  'type',
  'deprecatedSource',
  'deprecatedFirstTimestamp',
  'deprecatedLastTimestamp',
  'deprecatedCount',
];

const BY_EVENTS_NAME = new Map(FIELDS.map((field) => [field.events, field]));
const KNOWN_CORE = new Set(FIELDS.map((field) => field.core));

/** The event as core/v1 serves it. */
export interface CoreV1Event extends Event {
  readonly kind: 'Event';
  readonly apiVersion: 'v1';
}

/** The event as events.k8s.io/v1 serves it. */
export interface EventsV1Event {
  readonly kind: 'Event';
  readonly apiVersion: 'events.k8s.io/v1';
  readonly metadata: Event['metadata'];
  readonly [field: string]: unknown;
}

export function toCoreV1(event: Event): CoreV1Event {
  return { kind: 'Event', apiVersion: 'v1', ...event };
}

export function toEventsV1(event: Event): EventsV1Event {
  const fields: Record<string, unknown> = {};
  for (const name of EVENTS_ORDER) {
    const field = BY_EVENTS_NAME.get(name);
    if (field) put(fields, name, printed(event[field.core], field.coreZero, field.eventsZero));
  }
  if (event.series) fields['series'] = { ...event.series, ...seriesOfEventsV1(event.series) };
  for (const name of Object.keys(event)) if (!KNOWN_CORE.has(name)) fields[name] = event[name];
  return { kind: 'Event', apiVersion: 'events.k8s.io/v1', metadata: event.metadata, ...fields };
}

/** The inverse of {@link toEventsV1}: for every event as core/v1 serves it, there and back is the identity. */
export function fromEventsV1(served: EventsV1Event): Event {
  const { kind: _kind, apiVersion: _apiVersion, ...fields } = served;
  const event: Record<string, unknown> = {};
  for (const field of FIELDS) put(event, field.core, printed(fields[field.events], field.eventsZero, field.coreZero));
  if (isObject(fields['series'])) event['series'] = seriesOfCoreV1(fields['series']);
  for (const name of Object.keys(fields)) if (!BY_EVENTS_NAME.has(name)) event[name] = fields[name];
  const involvedObject: ObjectReference = isObject(served['regarding']) ? served['regarding'] : {};
  return { ...event, metadata: served.metadata, involvedObject };
}

function put(target: Record<string, unknown>, name: string, value: unknown): void {
  if (value !== undefined) target[name] = value;
}

/** A value as the target shape prints it: only the zero value looks different. */
function printed(value: unknown, from: Zero, to: Zero): unknown {
  return value === undefined || (from !== to && isZero(value)) ? zeroOf(to) : value;
}

function isZero(value: unknown): boolean {
  return value === undefined || value === null || value === '' || value === 0;
}

function zeroOf(zero: Zero): unknown {
  if (zero === 'null') return null;
  if (zero === '""') return '';
  return zero === '{}' ? {} : undefined;
}

// In a series the types differ too: events.k8s.io/v1 always prints both fields, core/v1 leaves out a count of 0.
function seriesOfEventsV1(series: EventSeries): EventSeries {
  return { count: series.count ?? 0, lastObservedTime: series.lastObservedTime ?? null };
}

function seriesOfCoreV1(series: EventSeries): EventSeries {
  const { count, ...rest } = series;
  return count ? { count, ...rest } : rest;
}
