/**
 * Which resource the objects of a kind are: what an event names by kind and apiVersion has a path by resource.
 * https://kubernetes.io/docs/concepts/overview/kubernetes-api/#discovery-api
 */
import { AppError } from '../../core/errors.ts';
import { isObject } from '../../util/is-object.ts';
import { LruMap } from '../../util/lru-map.ts';
import { sleep } from '../../util/sleep.ts';
import { ApiStatusError } from './api-status.ts';
import type { KubernetesClient } from './client.ts';
import type { RequestRate } from './request-rate.ts';

export interface ApiResource {
  /** Empty for the core group. */
  readonly group: string;
  readonly version: string;
  readonly kind: string;
  /** As in paths and in RBAC: the plural. */
  readonly name: string;
  readonly namespaced: boolean;
  /** It can be listed and watched. */
  readonly watchable: boolean;
}

interface GroupVersion {
  readonly kinds: Promise<ReadonlyMap<string, ApiResource>>;
  /** Until when it is not asked for again, in milliseconds. */
  readonly until: number;
}

/** A kind may come with the definition of a custom resource, at any time. */
const KEPT_MS = 5 * 60_000;
const RETRY_MS = 10_000;
/** Versions come from events, and anybody may write those. */
const MAX_GROUP_VERSIONS = 200;
const API_VERSION = /^(?:([a-z0-9](?:[a-z0-9.-]{0,251}[a-z0-9])?)\/)?([a-z0-9]{1,63})$/;

export interface ApiResourcesOptions {
  readonly client: KubernetesClient;
  readonly rate: RequestRate;
  readonly now: () => number;
  readonly signal: AbortSignal;
}

export class ApiResources {
  readonly #options: ApiResourcesOptions;
  readonly #groupVersions = new LruMap<string, GroupVersion>(MAX_GROUP_VERSIONS);

  constructor(options: ApiResourcesOptions) {
    this.#options = options;
  }

  /** Undefined when there is no such kind. Rejects as the client does when that cannot be found out. */
  async find(apiVersion: string, kind: string): Promise<ApiResource | undefined> {
    const match = API_VERSION.exec(apiVersion);
    if (!match) return undefined;
    const [, group = '', version = ''] = match;
    const now = this.#options.now();
    let known = this.#groupVersions.get(apiVersion);
    if (!known || known.until <= now) {
      known = { kinds: this.#kinds(group, version), until: now + KEPT_MS };
      this.#groupVersions.set(apiVersion, known);
    }
    try {
      return (await known.kinds).get(kind);
    } catch (error) {
      this.#groupVersions.set(apiVersion, { ...known, until: Math.min(known.until, now + RETRY_MS) });
      throw error;
    }
  }

  async #kinds(group: string, version: string): Promise<ReadonlyMap<string, ApiResource>> {
    const { client, rate, signal } = this.#options;
    const path = group === '' ? `/api/${version}` : `/apis/${group}/${version}`;
    const waitMs = rate.take(RETRY_MS);
    if (waitMs === undefined) throw new AppError('API_REQUEST_FAILED', `GET ${path}: too many requests before it`);
    if (waitMs > 0) await sleep(waitMs, signal);
    try {
      const { resources } = await client.getJson<{ readonly resources?: unknown }>(path, { signal });
      const found = Array.isArray(resources)
        ? resources.flatMap((resource) => apiResource(resource, group, version))
        : [];
      return new Map(found.map((resource) => [resource.kind, resource]));
    } catch (error) {
      if (error instanceof ApiStatusError && error.status === 404) return new Map();
      throw error;
    }
  }
}

/** None for a subresource, as `pods/log`. */
function apiResource(value: unknown, group: string, version: string): ApiResource[] {
  if (!isObject(value)) return [];
  const { name, kind, namespaced, verbs } = value;
  if (typeof name !== 'string' || typeof kind !== 'string' || !/^[a-z0-9.-]+$/.test(name)) return [];
  const can = (verb: string): boolean => Array.isArray(verbs) && verbs.includes(verb);
  return [{ group, version, kind, name, namespaced: namespaced === true, watchable: can('list') && can('watch') }];
}
