/** What a request is about, from its path. */
import { parseDuration } from '../../config/duration.ts';
import { type Group, HISTORY } from '../event-group.ts';
import { NO_RESOURCE, StatusError } from '../status-error.ts';

/**
 * The root a request came through: `/` for the default cluster, `/clusters/NAME` for any, each with `/window/DURATION`
 * behind it for another window than the default one, or `/window/all`.
 */
export interface ApiRoot {
  /** As it stands before the path of the API, '' for none. */
  readonly prefix: string;
  /** Undefined for the default one. */
  readonly cluster: string | undefined;
  /** Undefined for the default one; infinite for everything that is stored. */
  readonly windowMs: number | undefined;
  /** The rest, which is the path at an API server. */
  readonly path: string;
}

const CLUSTER = /^\/clusters\/([^/]+)(?=\/|$)/;
const WINDOW = /^\/window\/([^/]+)(?=\/|$)/;

/** Throws {@link StatusError} for a window that cannot be. */
export function parseRoot(pathname: string): ApiRoot {
  const cluster = CLUSTER.exec(pathname);
  const window = WINDOW.exec(pathname.slice(cluster?.[0].length ?? 0));
  const prefix = `${cluster?.[0] ?? ''}${window?.[0] ?? ''}`;
  return {
    prefix,
    cluster: cluster?.[1] === undefined ? undefined : decoded(cluster[1]),
    windowMs: window?.[1] === undefined ? undefined : parseWindow(window[1]),
    path: pathname.slice(prefix.length) || '/',
  };
}

function parseWindow(text: string): number {
  const ms = text === 'all' ? Number.POSITIVE_INFINITY : parseDuration(text);
  if (ms === undefined) throw new StatusError(NO_RESOURCE);
  return ms;
}

export interface EventsPath {
  readonly group: Group;
  readonly namespace: string | undefined;
  readonly name: string | undefined;
  /** By the deprecated `/watch/` in the path. */
  readonly watch: boolean;
}

const EVENTS =
  /^\/(?:api|apis\/(events\.k8s\.io|history\.tidings\.dev))\/v1(\/watch)?(?:\/namespaces\/([^/]+)\/events(?:\/([^/]+))?|\/events)\/?$/;

/** Undefined when the path is not about events. */
export function parseEventsPath(path: string): EventsPath | undefined {
  const match = EVENTS.exec(path);
  if (!match) return undefined;
  const [, group, watch, namespace, name] = match;
  return {
    group: group === undefined ? '' : group === HISTORY ? HISTORY : 'events.k8s.io',
    namespace: namespace === undefined ? undefined : decoded(namespace),
    name: name === undefined ? undefined : decoded(name),
    watch: watch !== undefined,
  };
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
