import type { Event, ObjectReference } from './event.ts';
import { lastSeen } from './time.ts';

/** What `apiVersion` says of records that are written as JSON, and of what is written along with them. */
export const RECORD_API_VERSION = 'tidings/v1';

/** How a revision reached us: a watch frame, an item of a list, or an import from elsewhere. */
export type Origin = 'watch' | 'list' | 'import';

/**
 * What part of a cluster one list+watch observes: `*` (all namespaces), a namespace's name, or `default/nodes`
 * (the events about Nodes, which live in `default`, when a list of namespaces leaves `default` out).
 */
export type Scope = string;

export const ALL_NAMESPACES: Scope = '*';
export const NODES_IN_DEFAULT: Scope = 'default/nodes';

/**
 * What travels: one revision of an event in its envelope. Its key is (cluster, epoch, metadata.uid,
 * metadata.resourceVersion): offering it twice is a no-op.
 */
export interface EventRecord {
  /** The cluster's name. */
  readonly cluster: string;
  /** Counts rewinds of the cluster's resourceVersions, from 1. */
  readonly epoch: number;
  /** Who observed it. */
  readonly source: 'events';
  readonly scope: Scope;
  /** What it is about. */
  readonly subject: ObjectReference;
  /** Last seen, in milliseconds; `receivedAt` for an event without any time of its own. */
  readonly time: number;
  /** When Tidings received it, in milliseconds by its own clock: the difference to `time` shows clock skew. */
  readonly receivedAt: number;
  readonly origin: Origin;
  /** False for what was there before anybody watched (a scope's first list, an import): history, not to be notified. */
  readonly news: boolean;
  readonly body: Event;
}

/** The part of a record's envelope that all records of a batch share. */
export type Envelope = Pick<EventRecord, 'cluster' | 'epoch' | 'scope' | 'receivedAt' | 'origin' | 'news'>;

export function eventRecord(event: Event, envelope: Envelope): EventRecord {
  return {
    cluster: envelope.cluster,
    epoch: envelope.epoch,
    source: 'events',
    scope: envelope.scope,
    subject: event.involvedObject,
    time: lastSeen(event) ?? envelope.receivedAt,
    receivedAt: envelope.receivedAt,
    origin: envelope.origin,
    news: envelope.news,
    body: event,
  };
}
