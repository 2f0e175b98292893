/** Who may see what: asked before anything is answered, by every API. */
import type { IncomingMessage } from 'node:http';
import type { Group } from './event-group.ts';

/** Something that somebody wants to do with a cluster's events. Without a namespace: with all of them. */
export interface EventsAttempt {
  readonly cluster: string;
  /** All but the first three are refused whoever asks, but not before it is known who does. */
  readonly verb: 'get' | 'list' | 'watch' | 'create' | 'update' | 'patch' | 'delete' | 'deletecollection';
  /** The API group whose events they are: RBAC names each by itself. */
  readonly group: Group;
  readonly namespace?: string;
  readonly name?: string;
}

/** Something that is no resource of a cluster: operating Tidings itself. RBAC calls it a nonResourceURL. */
export interface PathAttempt {
  readonly path: string;
  /** The method in lower case, as the API server names verbs of paths. */
  readonly verb: string;
  /** Whose API server says so; absent: the first one's. */
  readonly cluster?: string;
}

/** What of the events a caller may see. */
export interface Sight {
  /** Nothing last seen before this instant, in milliseconds. */
  readonly notBefore?: number;
  /** Whose limits count; absent: those of the address that asks. */
  readonly caller?: string;
  /** For how long this may be relied on, in milliseconds: then ask again for what stays open. Absent: for ever. */
  readonly validMs?: number;
}

export interface Access {
  /** Rejects with a `StatusError`: of 401 or 403, or of 503 when nobody can say who may. */
  events(attempt: EventsAttempt, request: IncomingMessage): Promise<Sight>;
  /** Rejects as `events`. */
  path(attempt: PathAttempt, request: IncomingMessage): Promise<void>;
}

/** Whose limits count: of a stranger those of the address. */
export function callerOf({ socket }: IncomingMessage, sight: Sight | undefined): string {
  return sight?.caller ?? socket.remoteAddress ?? '';
}

/** Who asks: anybody who reaches the address, those whom its `Access` knows, or whoever runs Tidings. */
export type Callers = 'anybody' | 'known' | 'operator';

/** For an address that only this machine reaches. */
export const EVERYTHING_ALLOWED: Access = { events: async () => ({}), path: async () => {} };
