/**
 * A page of events as of one version, oldest first. Pages of a list share a version, so writes do not shift them.
 * https://kubernetes.io/docs/reference/using-api/api-concepts/#retrieving-large-results-sets-in-chunks
 */
import type { StoredEvent } from '../../component/history.ts';
import { AppError } from '../../core/errors.ts';
import { parseContinueToken, printContinueToken } from './continue-token.ts';
import {
  type EventsRequest,
  isSelected,
  reachedAt,
  requireReached,
  requireServedVersion,
  storeQuery,
  windowStart,
} from './events-request.ts';
import { badRequest, continueExpired, LIST_EXPIRED, StatusError } from './status.ts';

/** A page is held in memory: its metadata, which tells where the next one begins, precedes its items. */
const MAX_PAGE = 10_000;

export interface EventList {
  readonly resourceVersion: number;
  readonly events: AsyncIterable<StoredEvent> | readonly StoredEvent[];
  /** Where the next page begins; absent for the last one. */
  readonly continue?: string;
}

interface Start {
  readonly resourceVersion: number;
  readonly after?: string;
}

/** Throws {@link StatusError}. Events of a list without a limit are read as they are iterated. */
export async function listEvents(request: EventsRequest, now: number): Promise<EventList> {
  const start = await startOf(request, now);
  const { limit } = request.options;
  if (limit === undefined) return { resourceVersion: start.resourceVersion, events: selected(request, start, now) };
  const events: StoredEvent[] = [];
  let last = '';
  for await (const { event, place } of placed(request, start, now)) {
    if (events.length === Math.min(limit, MAX_PAGE)) {
      const token = printContinueToken({ resourceVersion: start.resourceVersion, place: last });
      return { resourceVersion: start.resourceVersion, events, continue: token };
    }
    events.push(event);
    last = place;
  }
  return { resourceVersion: start.resourceVersion, events };
}

async function* selected(request: EventsRequest, start: Start, now: number): AsyncGenerator<StoredEvent> {
  for await (const { event } of placed(request, start, now)) yield event;
}

async function* placed(request: EventsRequest, { resourceVersion, after }: Start, now: number) {
  const query = { ...storeQuery(request), since: windowStart(request, now) };
  const { name: cluster } = request.cluster;
  try {
    const found = request.feed.versions.at({ cluster, resourceVersion, query, ...(after !== undefined && { after }) });
    for await (const item of found) if (isSelected(request, item.event)) yield item;
  } catch (error) {
    if (!(error instanceof AppError) || error.code !== 'CURSOR_INVALID') throw error;
    throw badRequest('invalid continue token: continue key is not valid: want a place that this server gave');
  }
}

async function startOf(request: EventsRequest, now: number): Promise<Start> {
  const { resourceVersion: wanted, resourceVersionMatch: match, limit, continue: token } = request.options;
  const served = requireServedVersion(request.cluster, request.namespace);
  if (token !== undefined) {
    if (wanted) throw badRequest('specifying resource version is not allowed when using continue');
    return continued(request, token, served, now);
  }
  requireReached(wanted, served);
  // A version with a limit always meant that very version.
  const isExact = match === 'Exact' || (match === '' && limit !== undefined);
  if (!wanted || !isExact) return { resourceVersion: served };
  const version = { cluster: request.cluster.name, resourceVersion: wanted };
  const reached = await reachedAt(request, version, served, now);
  if (reached === undefined) throw new StatusError(LIST_EXPIRED);
  return { resourceVersion: wanted };
}

async function continued(request: EventsRequest, text: string, served: number, now: number): Promise<Start> {
  const { resourceVersion, place } = parseContinueToken(text);
  if (resourceVersion < 0) return { resourceVersion: served, after: place };
  const version = { cluster: request.cluster.name, resourceVersion };
  // A version ahead of all is one of an earlier epoch.
  const reached = resourceVersion > served ? undefined : await reachedAt(request, version, served, now);
  if (reached === undefined) throw continueExpired(printContinueToken({ resourceVersion: -1, place }));
  return { resourceVersion, after: place };
}
