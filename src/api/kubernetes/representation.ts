/** Events as they are sent: which of their shapes, alone, in a list or in the frame of a watch. */
import type { StoredEvent } from '../../component/history.ts';
import type { Event } from '../../core/event.ts';
import { toCoreV1, toEventsV1 } from '../../core/event-conversion.ts';
import { apiVersionOf, type Group } from '../event-group.ts';
import type { Representation } from './media-type.ts';
import { badRequest } from './status.ts';
import { COLUMNS, cellsOf } from './table.ts';

const INCLUDED = ['Metadata', 'Object', 'None'] as const;

/** What a row of a table carries besides its cells. */
type IncludeObject = (typeof INCLUDED)[number];

export interface Shape {
  readonly group: Group;
  readonly representation: Representation;
  readonly includeObject: IncludeObject;
  /** The cluster's: see {@link servedEvent}. */
  readonly epoch: number;
}

/** Throws {@link StatusError} when a table is asked for, with objects that it cannot carry. */
export function parseIncludeObject(value: string | null, { as }: Representation): IncludeObject {
  const found = INCLUDED.find((name) => name === value);
  if (found || !value || as !== 'table') return found ?? 'Metadata';
  const problem = `includeObject: Invalid value: ${JSON.stringify(value)}: must be 'Metadata', 'Object', 'None', or empty`;
  const message = `Unable to convert to Table as requested: ${problem}`;
  throw badRequest(message);
}

/**
 * The event as it is served. The resourceVersion of an earlier epoch says nothing in this one, and may lie ahead of it:
 * such an event is older than everything, and a watch from its version has expired.
 */
export function servedEvent({ body, epoch }: Pick<StoredEvent, 'body' | 'epoch'>, newestEpoch: number): Event {
  if (epoch >= newestEpoch) return body;
  return { ...body, metadata: { ...body.metadata, resourceVersion: '1' } };
}

/** The same event under another resourceVersion: that of its end. */
export function atVersion(event: Event, resourceVersion: number): Event {
  return { ...event, metadata: { ...event.metadata, resourceVersion: String(resourceVersion) } };
}

/** An object by itself. `withColumns` is false for the frames of a watch that has told the columns already. */
export function standalone(event: Event, shape: Shape, now: number, withColumns = true): object {
  const { as, version } = shape.representation;
  if (as === 'event') return full(event, shape.group);
  if (as === 'metadata') return metadataOf(event, version);
  return {
    kind: 'Table',
    apiVersion: `meta.k8s.io/${version}`,
    metadata: { resourceVersion: event.metadata.resourceVersion },
    columnDefinitions: withColumns ? COLUMNS : null,
    rows: [rowOf(event, shape, now)],
  };
}

export interface ListMetadata {
  readonly resourceVersion: string;
  readonly continue?: string;
}

/** A list without its items. */
export function listEnvelope({ group, representation: { as, version } }: Shape, metadata: ListMetadata): object {
  if (as === 'event') return { kind: 'EventList', apiVersion: apiVersionOf(group), metadata };
  const apiVersion = `meta.k8s.io/${version}`;
  if (as === 'metadata') return { kind: 'PartialObjectMetadataList', apiVersion, metadata };
  return { kind: 'Table', apiVersion, metadata, columnDefinitions: COLUMNS };
}

/** Under which name a list has its items. */
export function itemsField({ representation: { as } }: Shape): 'items' | 'rows' {
  return as === 'table' ? 'rows' : 'items';
}

/** An object among others of a list, which says for all of them what they are. */
export function listItem(event: Event, shape: Shape, now: number): object {
  const { as, version } = shape.representation;
  if (as === 'table') return rowOf(event, shape, now);
  if (as === 'metadata') return metadataOf(event, version);
  if (shape.group !== 'events.k8s.io') return event;
  const { kind: _kind, apiVersion: _apiVersion, ...item } = toEventsV1(event);
  return item;
}

function rowOf(event: Event, { group, includeObject, representation }: Shape, now: number): object {
  const cells = cellsOf(event, now);
  if (includeObject === 'None') return { cells, object: null };
  return {
    cells,
    object: includeObject === 'Object' ? full(event, group) : metadataOf(event, representation.version),
  };
}

function full(event: Event, group: Group): { readonly kind: string; readonly apiVersion: string } {
  if (group === 'events.k8s.io') return toEventsV1(event);
  return { ...toCoreV1(event), apiVersion: apiVersionOf(group) };
}

function metadataOf({ metadata }: Event, version: string): object {
  return { kind: 'PartialObjectMetadata', apiVersion: `meta.k8s.io/${version}`, metadata };
}

/** Says to a watcher that nothing up to a version is missing; `isFirst` when that is all there was at its beginning. */
export function bookmark(resourceVersion: number, isFirst: boolean): Event {
  const annotations = { 'k8s.io/initial-events-end': 'true' };
  // A bookmark has none of what identifies an event.
  const metadata: Partial<Event['metadata']> = {
    resourceVersion: String(resourceVersion),
    ...(isFirst && { annotations }),
  };
  return {
    metadata: metadata as Event['metadata'],
    involvedObject: {},
    source: {},
    firstTimestamp: null,
    lastTimestamp: null,
    eventTime: null,
    reportingComponent: '',
    reportingInstance: '',
  };
}
