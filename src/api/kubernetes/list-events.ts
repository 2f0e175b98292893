/**
 * A page of events as of one version, oldest first. Pages of a list share a version, so writes do not shift them.
 * https://kubernetes.io/docs/reference/using-api/api-concepts/#retrieving-large-results-sets-in-chunks
 */
import type { PlacedEvent } from '../../component/event-versions.ts';
import type { StoredEvent } from '../../component/history.ts';
import { AppError } from '../../core/errors.ts';
import { StatusError } from '../status-error.ts';
import { parseContinueToken, printContinueToken } from './continue-token.ts';
import {
  type EventsRequest,
  isSelected,
  reachedAt,
  requireReached,
  requireServedVersion,
  statesInTurns,
  storeQuery,
  windowStart,
} from './events-request.ts';
import { badRequest, continueExpired, LIST_EXPIRED } from './status.ts';

export interface EventList {
  readonly resourceVersion: number;
  /** Printed, some at a time. */
  readonly items: AsyncIterable<Buffer> | readonly Buffer[];
  /** Where the next page begins; absent for the last one. */
  readonly continue?: string;
}

interface Start {
  readonly resourceVersion: number;
  readonly after?: string;
}

type Print = (events: readonly StoredEvent[]) => Buffer;

/**
 * Throws {@link StatusError}. A page is held as bytes, since its metadata precede its items; events of a list without a
 * limit are read as they are iterated.
 */
export async function listEvents(request: EventsRequest, now: number, print: Print): Promise<EventList> {
  const start = await startOf(request, now);
  const { resourceVersion } = start;
  const { limit } = request.options;
  if (limit === undefined) return { resourceVersion, items: selected(request, start, now, print) };
  const size = Math.min(limit, request.fairUse.page.items);
  const pageOf = (place: string): EventList => ({
    resourceVersion,
    items,
    continue: printContinueToken({ resourceVersion, place }),
  });
  const items: Buffer[] = [];
  let missing = size;
  let examined = 0;
  let last = '';
  for await (const batch of placed(request, start, now, size + 1)) {
    const matching = batch.filter(({ event }) => isSelected(request, event));
    const taken = matching.slice(0, missing);
    items.push(print(taken.map(({ event }) => event)));
    missing -= taken.length;
    last = taken.at(-1)?.place ?? last;
    if (matching.length > taken.length) return pageOf(last);
    examined += batch.length;
    const place = batch.at(-1)?.place;
    if (examined >= request.fairUse.page.examined && place !== undefined) return pageOf(place);
  }
  return { resourceVersion, items };
}

async function* selected(request: EventsRequest, start: Start, now: number, print: Print): AsyncGenerator<Buffer> {
  for await (const batch of placed(request, start, now)) {
    yield print(batch.flatMap(({ event }) => (isSelected(request, event) ? event : [])));
  }
}

async function* placed(
  request: EventsRequest,
  { resourceVersion, after }: Start,
  now: number,
  limit?: number,
): AsyncGenerator<readonly PlacedEvent[]> {
  const query = { ...storeQuery(request), since: windowStart(request, now) };
  const { name: cluster } = request.cluster;
  const from = { ...(after !== undefined && { after }), ...(limit !== undefined && { limit }) };
  try {
    yield* statesInTurns(request, { cluster, resourceVersion, query, ...from });
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
