/** What a request for events asks for, from its URL. */
import { badRequest, badResourceVersion, StatusError } from './api-status.ts';
import type { StoredEvent } from './event-store.ts';
import { parseFieldSelector } from './field-selector.ts';

export type Group = '' | 'events.k8s.io';

export interface EventRequest {
  readonly group: Group;
  /** Undefined: all of them. */
  readonly namespace: string | undefined;
  /** Of a single event. */
  readonly name: string | undefined;
  readonly watch: boolean;
  /** Undefined for unset; 0 stands for any. */
  readonly resourceVersion: number | undefined;
  readonly limit: number | undefined;
  readonly continue: string | undefined;
  readonly timeoutSeconds: number | undefined;
  readonly allowWatchBookmarks: boolean;
  readonly sendInitialEvents: boolean;
  readonly select: ((event: StoredEvent) => boolean) | undefined;
}

const PATH = /^\/(?:api|apis\/(events\.k8s\.io))\/v1(?:\/namespaces\/([^/]+))?\/events(?:\/([^/]+))?$/;

/** Undefined when the path is not about events. Throws {@link StatusError} for parameters that cannot be. */
export function parseEventRequest(url: URL): EventRequest | undefined {
  const match = PATH.exec(url.pathname);
  if (!match) return undefined;
  const [, group, namespace, name] = match;
  const query = url.searchParams;
  const timeoutSeconds = wholeNumber(query.get('timeoutSeconds'));
  const ofGroup: Group = group === undefined ? '' : 'events.k8s.io';
  return {
    group: ofGroup,
    namespace,
    name,
    watch: isTrue(query.get('watch')),
    resourceVersion: parseResourceVersion(query.get('resourceVersion')),
    limit: wholeNumber(query.get('limit')) || undefined,
    continue: query.get('continue') || undefined,
    timeoutSeconds: timeoutSeconds || undefined,
    allowWatchBookmarks: isTrue(query.get('allowWatchBookmarks')),
    sendInitialEvents: isTrue(query.get('sendInitialEvents')),
    select: parseFieldSelector(query.get('fieldSelector'), ofGroup),
  };
}

// As Go's conversion of query parameters: anything but these two is true.
function isTrue(value: string | null): boolean {
  return value !== null && value !== 'false' && value !== '0';
}

function wholeNumber(value: string | null): number | undefined {
  if (value === null || value === '') return undefined;
  if (!/^[+-]?\d+$/.test(value)) {
    throw new StatusError(badRequest(`strconv.ParseInt: parsing ${JSON.stringify(value)}: invalid syntax`));
  }
  return Number(value);
}

function parseResourceVersion(value: string | null): number | undefined {
  if (value === null || value === '') return undefined;
  if (!/^\d+$/.test(value)) throw new StatusError(badResourceVersion(value));
  return Number(value);
}
