/** Rights by the caller's own credentials: the API server is asked with them, in the caller's name. */
import { createHash } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import type { AccessReviews, CallerHeaders } from '../../component/access-reviews.ts';
import type { Access } from '../access.ts';
import { eventsSight } from '../events-sight.ts';
import { failure, StatusError, UNAVAILABLE } from '../status-error.ts';
import { isIdentity } from './forwarded-headers.ts';

export type CallerReviews = Pick<AccessReviews, 'mayCallerAccess' | 'namespaceCreatedAt'>;

/** Nobody reads it: the API server itself answers who may not. */
const REFUSED = failure(403, 'the API server does not allow it', { reason: 'Forbidden' });

/** Rejects with a `StatusError`: for who may not, or whose cause keeps the API server from being asked. */
export function callerAccess(reviews: CallerReviews): Access {
  return {
    async events(attempt, request) {
      const caller = callerHeaders(request);
      const sight = await eventsSight(attempt, {
        may: (attributes) => reviews.mayCallerAccess(caller, attributes),
        namespaceCreatedAt: (namespace) => reviews.namespaceCreatedAt(namespace),
        refusal: () => new StatusError(REFUSED),
      }).catch((error: unknown) => {
        if (error instanceof StatusError) throw error;
        throw new StatusError(UNAVAILABLE, { 'Retry-After': '1' }, { cause: error });
      });
      // Who it is, only the API server knows.
      return { ...sight, caller: createHash('sha256').update(JSON.stringify(caller)).digest('base64') };
    },
    async path() {
      throw new StatusError(REFUSED);
    },
  };
}

/** Each value by itself: joined by commas they could not be told from one that has a comma in it. */
function callerHeaders({ headersDistinct }: IncomingMessage): CallerHeaders {
  const headers = Object.entries(headersDistinct).filter(([name]) => isIdentity(name));
  return Object.fromEntries(headers.map(([name, values = []]) => [name, values]));
}
