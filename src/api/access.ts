/** Who may see what: asked before anything is answered, by every API. */
import type { IncomingMessage } from 'node:http';

/** A read of a cluster's events. Without a namespace: of all of them. */
export interface EventsAttempt {
  readonly cluster: string;
  readonly verb: 'get' | 'list' | 'watch';
  /** The API group whose events they are: RBAC names each by itself. */
  readonly group: '' | 'events.k8s.io';
  readonly namespace?: string;
  readonly name?: string;
}

/** Something that is no resource of a cluster: operating Tidings itself. RBAC calls it a nonResourceURL. */
export interface PathAttempt {
  readonly path: string;
  /** The method in lower case, as the API server names verbs of paths. */
  readonly verb: 'get' | 'post' | 'put' | 'delete';
}

/** What of the events a caller may see. */
export interface Sight {
  /** Nothing last seen before this instant, in milliseconds. */
  readonly notBefore?: number;
  /** Whose limits count; absent: those of the address that asks. */
  readonly caller?: string;
}

export interface Access {
  /** Rejects with a `StatusError` of 401 or 403. Answers are cached for seconds: ask again for what stays open. */
  events(attempt: EventsAttempt, request: IncomingMessage): Promise<Sight>;
  /** Rejects with a `StatusError` of 401 or 403. */
  path(attempt: PathAttempt, request: IncomingMessage): Promise<void>;
}

/** For an address that only this machine reaches. */
export const EVERYTHING_ALLOWED: Access = { events: async () => ({}), path: async () => {} };
