/** What a request for events or other objects asks for, from its URL. */
import { CORE_EVENT, EVENTS_V1_EVENT, type Representation, representationOf } from './_representation.ts';
import { type ApiResource, RESOURCES } from './_resources.ts';
import { badRequest, badResourceVersion, StatusError } from './api-status.ts';
import type { StoredEvent } from './event-store.ts';
import { parseFieldSelector } from './field-selector.ts';

export type Group = '' | 'events.k8s.io';

export interface EventRequest {
  readonly group: string;
  readonly resource: string;
  /** Whether the watch cache serves it, which events bypass. */
  readonly isCached: boolean;
  readonly representation: Representation;
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

const OBJECT_PATH = /^\/(?:api|apis\/([^/]+))\/(v[^/]+)(?:\/namespaces\/([^/]+))?\/([^/]+)(?:\/([^/]+))?$/;
const PATH = /^\/(?:api|apis\/(events\.k8s\.io))\/v1(?:\/namespaces\/([^/]+))?\/events(?:\/([^/]+))?$/;

/** Undefined when the path is not about events. Throws {@link StatusError} for parameters that cannot be. */
export function parseEventRequest(url: URL): EventRequest | undefined {
  const match = PATH.exec(url.pathname);
  if (!match) return undefined;
  const [, group, namespace, name] = match;
  const ofGroup: Group = group === undefined ? '' : 'events.k8s.io';
  return {
    group: ofGroup,
    resource: 'events',
    isCached: false,
    representation: group === undefined ? CORE_EVENT : EVENTS_V1_EVENT,
    namespace,
    name,
    ...parametersOf(url.searchParams),
    select: parseFieldSelector(url.searchParams.get('fieldSelector'), ofGroup),
  };
}

/** Undefined when the path is about no resource that is known. Throws {@link StatusError} for parameters that cannot be. */
export function parseObjectRequest(
  url: URL,
  accept: string,
): { resource: ApiResource; request: EventRequest } | undefined {
  const [, group = '', version, namespace, plural, name] = OBJECT_PATH.exec(url.pathname) ?? [];
  const groupVersion = group === '' ? version : `${group}/${version}`;
  const resource = RESOURCES.find((known) => known.groupVersion === groupVersion && known.name === plural);
  if (!resource || (namespace !== undefined && !resource.namespaced)) return undefined;
  const request = {
    group,
    resource: resource.name,
    isCached: true,
    representation: representationOf(resource, accept),
    namespace,
    name,
    ...parametersOf(url.searchParams),
    select: undefined,
  };
  return { resource, request };
}

type Parameters = Omit<
  EventRequest,
  'group' | 'resource' | 'isCached' | 'representation' | 'namespace' | 'name' | 'select'
>;

function parametersOf(query: URLSearchParams): Parameters {
  const timeoutSeconds = wholeNumber(query.get('timeoutSeconds'));
  const watch = isTrue(query.get('watch'));
  return {
    watch,
    resourceVersion: parseResourceVersion(query.get('resourceVersion'), watch),
    limit: wholeNumber(query.get('limit')) || undefined,
    continue: query.get('continue') || undefined,
    timeoutSeconds: timeoutSeconds || undefined,
    allowWatchBookmarks: isTrue(query.get('allowWatchBookmarks')),
    sendInitialEvents: isTrue(query.get('sendInitialEvents')),
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

function parseResourceVersion(value: string | null, isWatch: boolean): number | undefined {
  if (value === null || value === '') return undefined;
  if (!/^\d+$/.test(value)) throw new StatusError(badResourceVersion(value, isWatch));
  return Number(value);
}
