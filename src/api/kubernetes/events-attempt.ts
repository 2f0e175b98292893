/** What a request for events attempts, in the words of an authorizer, and for how long it may. */
import { sleep } from '../../util/sleep.ts';
import type { EventsAttempt, Sight } from '../access.ts';
import { StatusError } from '../status-error.ts';
import type { ApiRoot, EventsPath } from './api-request.ts';
import { asksToWatch, type ListOptions, parseListOptions } from './list-options.ts';
import { WATCH_EXPIRED } from './status.ts';

/** Rights are not asked for more often than this, however short an answer holds. */
const LEAST_RECHECK_MS = 100;

/** A request for events, as it stands in its URL. */
export interface EventsQuestion {
  readonly root: ApiRoot;
  readonly events: EventsPath;
  readonly query: URLSearchParams;
}

/** What is wrong with them is for those who may ask. */
export function listOptionsOf({ events: { group, name, watch }, query }: EventsQuestion): ListOptions | StatusError {
  // What a single event is asked for with is not looked at, but for its version.
  const isGet = name !== undefined && !watch;
  try {
    return parseListOptions(isGet ? new URLSearchParams() : listQuery(query, name), group, watch);
  } catch (error) {
    if (error instanceof StatusError) return error;
    throw error;
  }
}

const WRITES: Readonly<Record<string, EventsAttempt['verb']>> = { POST: 'create', PUT: 'update', PATCH: 'patch' };

/** https://github.com/kubernetes/apiserver/blob/v0.35.4/pkg/endpoints/request/requestinfo.go */
export function attemptOf(
  { events: { group, namespace, name: named, watch }, query }: EventsQuestion,
  cluster: string,
  method = 'GET',
  options: ListOptions | StatusError,
): EventsAttempt {
  const isGet = named !== undefined && !watch;
  const read = isGet ? 'get' : watch || asksToWatch(query) ? 'watch' : 'list';
  const removal = named === undefined ? 'deletecollection' : 'delete';
  const verb = WRITES[method] ?? (method === 'DELETE' ? removal : read);
  const name = named ?? (options instanceof Error ? undefined : exactName(options));
  return { cluster, verb, group, ...(namespace !== undefined && { namespace }), ...(name && { name }) };
}

/** RBAC may allow a list of one by its name. */
function exactName({ fields }: ListOptions): string | undefined {
  return fields.terms.find(({ field, equal }) => field === 'metadata.name' && equal)?.value;
}

/**
 * Asks again what the caller may see as soon as an answer is too old. Rejects with a {@link StatusError} when that is not
 * what it was.
 */
export async function whileSame(look: () => Promise<Sight>, sight: Sight, signal: AbortSignal): Promise<void> {
  let { validMs } = sight;
  while (validMs !== undefined) {
    await sleep(Math.max(validMs, LEAST_RECHECK_MS), signal);
    if (signal.aborted) return;
    const seen = await look();
    // What was sent may not be seen any more: the client has to begin anew.
    if (seen.notBefore !== sight.notBefore) throw new StatusError(WATCH_EXPIRED);
    validMs = seen.validMs;
  }
}

/** A watch of one event by the path is a watch of those called so. */
function listQuery(query: URLSearchParams, name: string | undefined): URLSearchParams {
  if (name === undefined) return query;
  const changed = new URLSearchParams(query);
  const selector = query.get('fieldSelector');
  changed.set('fieldSelector', `${selector ? `${selector},` : ''}metadata.name=${name}`);
  return changed;
}
