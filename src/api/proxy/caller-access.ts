/** Rights by the caller's own credentials: the API server is asked with them, in the caller's name. */
import { createHash } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import type { AccessReviews, CallerHeaders } from '../../component/access-reviews.ts';
import type { Access, EventsAttempt, Sight } from '../access.ts';
import { failure, StatusError } from '../kubernetes/status.ts';
import { isIdentity } from './forwarded-headers.ts';

export type CallerReviews = Pick<AccessReviews, 'mayCallerAccess' | 'namespaceCreatedAt'>;

/** Nobody reads it: the API server itself answers who may not. */
const REFUSED = failure(403, 'the API server does not allow it', { reason: 'Forbidden' });

/** Rejects with a `StatusError` for who may not, and with what keeps the API server from being asked. */
export function callerAccess(reviews: CallerReviews): Access {
  return {
    events: (attempt, request) => sightOf(reviews, callerHeaders(request), attempt),
    async path() {
      throw new StatusError(REFUSED);
    },
  };
}

/**
 * RBAC names a namespace, not its incarnation: what is older than the namespace, or of one that is gone, is for those who
 * may read everywhere.
 */
async function sightOf(reviews: CallerReviews, caller: CallerHeaders, attempt: EventsAttempt): Promise<Sight> {
  const { verb, group, namespace, name } = attempt;
  const everywhere = { verb, group, version: 'v1', resource: 'events' };
  const attributes = { ...everywhere, ...(namespace && { namespace }), ...(name && { name }) };
  const [decision, wide] = await Promise.all([
    reviews.mayCallerAccess(caller, attributes),
    namespace === undefined ? undefined : reviews.mayCallerAccess(caller, everywhere),
  ]);
  if (!decision?.allowed) throw new StatusError(REFUSED);
  const sight = { caller: hashOf(caller), validMs: Math.min(decision.validMs, wide?.validMs ?? decision.validMs) };
  if (namespace === undefined || wide?.allowed) return sight;
  const notBefore = (await reviews.namespaceCreatedAt(namespace)) ?? Number.MAX_SAFE_INTEGER;
  return { ...sight, notBefore };
}

/** Whoever they are: credentials stand for somebody, and are not kept. */
function hashOf(caller: CallerHeaders): string {
  return createHash('sha256').update(JSON.stringify(caller)).digest('base64');
}

/** Each value by itself: joined by commas they could not be told from one that has a comma in it. */
function callerHeaders({ headersDistinct }: IncomingMessage): CallerHeaders {
  const headers = Object.entries(headersDistinct).filter(([name]) => isIdentity(name));
  return Object.fromEntries(headers.map(([name, values = []]) => [name, values]));
}
