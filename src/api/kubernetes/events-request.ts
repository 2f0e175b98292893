/** One request for events with everything that its answer depends on, and what both kinds of answers need of it. */
import type { ClusterVersions, PlacedEvent, Version, VersionQuery } from '../../component/event-versions.ts';
import type { EventGroup, StoredEvent } from '../../component/history.ts';
import type { FairUse } from '../fair-use.ts';
import { StatusError } from '../status-error.ts';
import type { EventFeed } from './event-feed.ts';
import type { FieldTerm } from './field-selector.ts';
import type { ListOptions } from './list-options.ts';
import type { Shape } from './representation.ts';
import { servedVersion } from './served-version.ts';
import { NOT_LISTED, versionTooLarge } from './status.ts';

export interface EventsRequest {
  readonly feed: EventFeed;
  readonly cluster: ClusterVersions;
  readonly namespace: string | undefined;
  readonly options: ListOptions;
  readonly shape: Shape;
  /** How far back it may look, and how far it does. */
  readonly windowMs: number;
  /** Nothing last seen before this instant may be seen. */
  readonly notBefore: number;
  readonly fairUse: FairUse;
  readonly caller: string;
  /** Aborted when nobody waits for the answer any more. */
  readonly gone: AbortSignal;
  readonly pretty: boolean;
  readonly gzip: boolean;
}

/** Where the window begins at an instant. */
export function windowStart(
  { windowMs, notBefore }: Pick<EventsRequest, 'windowMs' | 'notBefore'>,
  now: number,
): number {
  return Math.max(now - windowMs, notBefore, Number.MIN_SAFE_INTEGER);
}

/** Throws {@link StatusError} while the cluster is listed for the first time. */
export function requireServedVersion(cluster: ClusterVersions, namespace: string | undefined): number {
  const version = servedVersion(cluster, namespace);
  if (version === undefined) throw new StatusError(NOT_LISTED, { 'Retry-After': '1' });
  return version;
}

/** Throws {@link StatusError} 504 for a version that is not reached. */
export function requireReached(wanted: number | undefined, served: number): void {
  if (wanted !== undefined && wanted > served) throw new StatusError(versionTooLarge(wanted, served));
}

/** What the store itself can look for. Selectors are asked again of what it finds. */
export function storeQuery({ namespace, options }: EventsRequest): VersionQuery['query'] {
  const equal = new Map(options.fields.terms.filter(isEqual).map(({ field, value }) => [field, value]));
  const [inNamespace, reason, type] = ['metadata.namespace', 'reason', 'type'].map((field) => equal.get(field));
  const name = equal.get('involvedObject.name');
  const kind = equal.get('involvedObject.kind');
  return {
    ...(namespace !== undefined && { namespaces: [namespace] }),
    ...(namespace === undefined && inNamespace !== undefined && { namespaces: [inNamespace] }),
    ...(reason !== undefined && { reasons: [reason] }),
    ...(type !== undefined && { types: [type] }),
    ...(name && { object: { name, ...(kind && { kind }) } }),
    ...(kind !== undefined && !name && { filter: { ofGroup: (group: EventGroup) => group.kind === kind } }),
  };
}

/** The state of a version, a batch whenever it is the caller's turn. */
export async function* statesInTurns(
  request: EventsRequest,
  query: VersionQuery,
): AsyncGenerator<readonly PlacedEvent[]> {
  const batches = request.feed.versions.at(query)[Symbol.asyncIterator]();
  try {
    for (;;) {
      await request.fairUse.turn(request.caller);
      request.gone.throwIfAborted();
      const next = await batches.next();
      if (next.done) return;
      yield next.value;
    }
  } finally {
    await batches.return?.();
  }
}

function isEqual({ equal }: FieldTerm): boolean {
  return equal;
}

/** Whether the event is one of those asked for, whatever the window. */
export function isSelected({ namespace, options: { fields, labels } }: EventsRequest, { body }: StoredEvent): boolean {
  if (namespace !== undefined && body.metadata.namespace !== namespace) return false;
  return fields.matches(body) && (labels.isEmpty || labels.matches(body.metadata.labels));
}

/**
 * The instant by which a version had been reached: whoever was served at it was served then or later. Undefined when it
 * has expired: something happened since, and that instant lies before the window, or before anybody watched.
 */
export async function reachedAt(
  request: EventsRequest,
  { cluster, resourceVersion }: Version,
  served: number,
  now: number,
): Promise<number | undefined> {
  const { versions } = request.feed;
  const newestThen = await versions.newest({ cluster, resourceVersion: Math.min(resourceVersion, served) });
  // Who may see little loses nothing by it that they could have seen: versions expire for all alike.
  const expired = windowStart({ windowMs: request.windowMs, notBefore: Number.MIN_SAFE_INTEGER }, now);
  if (newestThen && newestThen.receivedAt >= expired) return newestThen.receivedAt;
  const newest = await versions.newest({ cluster, resourceVersion: served });
  if (newest?.body.metadata.resourceVersion !== newestThen?.body.metadata.resourceVersion) return undefined;
  return newestThen?.receivedAt ?? now;
}
