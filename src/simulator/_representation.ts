/** As what a stored object is served. */
import type { Event } from '../core/event.ts';
import { toEventsV1 } from '../core/event-conversion.ts';
import type { ApiResource } from './_resources.ts';

export interface Representation {
  /** Tells apart the frames that are made of a change. */
  readonly id: string;
  /** Of a list. */
  readonly listKind: string;
  readonly apiVersion: string;
  readonly json: (stored: string) => string;
  /** The bookmark that says so has this as its object, beside its metadata. */
  readonly empty: object;
}

const NO_EVENT = {
  involvedObject: {},
  source: {},
  firstTimestamp: null,
  lastTimestamp: null,
  eventTime: null,
  reportingComponent: '',
  reportingInstance: '',
};

export const CORE_EVENT: Representation = {
  id: 'v1/Event',
  listKind: 'EventList',
  apiVersion: 'v1',
  json: (stored) => stored,
  empty: NO_EVENT,
};

export const EVENTS_V1_EVENT: Representation = {
  id: 'events.k8s.io/v1/Event',
  listKind: 'EventList',
  apiVersion: 'events.k8s.io/v1',
  json(stored) {
    const {
      kind: _kind,
      apiVersion: _apiVersion,
      ...event
    } = JSON.parse(stored) as Event & { kind: string; apiVersion: string };
    return JSON.stringify(toEventsV1(event));
  },
  empty: NO_EVENT,
};

/** https://kubernetes.io/docs/reference/using-api/api-concepts/#metadata-only-fetches */
const PARTIAL_METADATA: Representation = {
  id: 'PartialObjectMetadata',
  listKind: 'PartialObjectMetadataList',
  apiVersion: 'meta.k8s.io/v1',
  json(stored) {
    const { metadata } = JSON.parse(stored) as { readonly metadata: object };
    return JSON.stringify({ kind: 'PartialObjectMetadata', apiVersion: 'meta.k8s.io/v1', metadata });
  },
  empty: {},
};

/** What an Accept header asks for of an object. */
export function representationOf({ kind, groupVersion }: ApiResource, accept: string): Representation {
  if (/\bas=PartialObjectMetadata(List)?\b/.test(accept)) return PARTIAL_METADATA;
  return {
    id: `${groupVersion}/${kind}`,
    listKind: `${kind}List`,
    apiVersion: groupVersion,
    json: (stored) => stored,
    empty: {},
  };
}
