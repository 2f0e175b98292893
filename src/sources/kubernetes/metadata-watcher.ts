/**
 * Keeps the metadata of one collection in the cache: lists it once, then watches, for ever. Unlike events objects are
 * state: what a break hides is found again by a list, and nothing but the latest matters.
 *
 * - A list ends where the cache is full; the rest is asked for one by one. While all of it fitted, an object that is not
 *   there and should be is known to be gone, without asking.
 * - After a 410, or a rewind, it is listed again; what is no longer in the list was deleted meanwhile.
 * - What may not be read is said once, and tried again now and then.
 */

import { messageOf } from '../../core/errors.ts';
import { compareResourceVersions } from '../../core/resource-version.ts';
import type { Logger } from '../../telemetry/log.ts';
import { type Backoff, backoff } from '../../util/backoff.ts';
import { sleep } from '../../util/sleep.ts';
import { ApiStatusError } from './api-status.ts';
import type { KubernetesClient } from './client.ts';
import type { CollectionRequest } from './collection-request.ts';
import type { Piece } from './held-bytes.ts';
import { type ListOptions, readPage, refreshVersion } from './list-collection.ts';
import type { ObjectCache } from './object-cache.ts';
import { type MetadataFrame, parseMetadataFrame, parseMetadataItem } from './parse-metadata.ts';
import { isExpired } from './scope-failure.ts';
import { watchCollection } from './watch-collection.ts';
import type { WatchTimings } from './watch-timings.ts';

export interface MetadataWatcherOptions {
  readonly client: KubernetesClient;
  /** What the cache knows its objects by. */
  readonly collection: string;
  /** Without `accept`: that is chosen here. */
  readonly request: Omit<CollectionRequest, 'accept'>;
  /** Where the rights are needed, for people. */
  readonly place: string;
  readonly cache: ObjectCache;
  readonly timings: WatchTimings;
  /** Until a right that is missing is asked for again. */
  readonly refusedMs: number;
  readonly logger: Logger;
  readonly onRequest: (verb: 'list' | 'watch') => void;
  readonly now: () => number;
  readonly random: () => number;
}

/** https://kubernetes.io/docs/reference/using-api/api-concepts/#metadata-only-fetches */
export const METADATA = 'application/json;as=PartialObjectMetadata;g=meta.k8s.io;v=v1';
export const METADATA_LIST = 'application/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1';

/** A connection that was closed just as it was to be used fails once. */
const WORTH_A_WARNING = 3;
/** How far what a watch shows may be behind the bookmark that it has just sent: more than ever seen. */
const BOOKMARK_LAG_MS = 60_000;

export class MetadataWatcher {
  readonly #options: MetadataWatcherOptions;
  readonly #backoff: Backoff;
  readonly #started = Promise.withResolvers<void>();
  #version: string | undefined;
  /** The connection broke: the cluster may have been rewound. */
  #unsure = false;
  #problem: string | undefined;
  #failures = 0;
  #refused = false;
  #completeUntil: number | undefined;
  /** Nothing was forgotten since the list began. */
  #isWhole = false;

  constructor(options: MetadataWatcherOptions) {
    this.#options = options;
    this.#backoff = backoff({ ...options.timings.backoff, random: options.random });
  }

  /** Resolves when the first list was read, or could not be. */
  get started(): Promise<void> {
    return this.#started.promise;
  }

  /** It may not be read. */
  get isRefused(): boolean {
    return this.#refused;
  }

  /**
   * All that was created before this instant, in milliseconds, is or was in the cache; undefined where not all of it
   * fits.
   */
  get completeUntil(): number | undefined {
    return this.#completeUntil;
  }

  /** The cache has forgotten one of its objects. */
  forgotten(): void {
    this.#isWhole = false;
    this.#completeUntil = undefined;
  }

  /** Until the signal is aborted; never rejects. */
  async run(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      try {
        if (this.#version !== undefined && this.#unsure) await this.#compare(this.#version, signal);
        this.#version ??= await this.#list(signal);
        await this.#watch(this.#version, signal);
      } catch (error) {
        if (!signal.aborted) await sleep(this.#failed(error), signal);
      }
    }
    this.#started.resolve();
  }

  get #reading(): Pick<ListOptions, 'client' | 'timings' | 'now'> & { readonly request: CollectionRequest } {
    const { client, timings, now, request } = this.#options;
    return { client, timings, now, request: { ...request, accept: METADATA_LIST } };
  }

  /** A collection whose resourceVersion is below what was seen was rewound: a watch would be silent. */
  async #compare(version: string, signal: AbortSignal): Promise<void> {
    this.#options.onRequest('list');
    const { resourceVersion } = await refreshVersion({ ...this.#reading, signal });
    if (compareResourceVersions(resourceVersion, version) < 0) this.#version = undefined;
    this.#unsure = false;
  }

  async #list(signal: AbortSignal): Promise<string> {
    const { cache, collection, now, logger, onRequest } = this.#options;
    const unseen = cache.uidsOf(collection);
    const began = now();
    this.#isWhole = true;
    this.#completeUntil = undefined;
    const onItems = async (items: readonly Piece[]): Promise<void> => {
      for (const item of items) {
        if (!Buffer.isBuffer(item)) {
          this.forgotten();
          continue;
        }
        const metadata = parseMetadataItem(item);
        unseen.delete(metadata.uid);
        cache.put(collection, metadata);
      }
    };
    let token: string | undefined;
    let version: string;
    do {
      onRequest('list');
      const page = await readPage({ ...this.#reading, signal, onPage: () => {}, onItems }, token);
      version = page.resourceVersion;
      token = page.continue;
    } while (token !== undefined && this.#isWhole && cache.hasRoom);
    const isRead = token === undefined;
    if (isRead && this.#isWhole) this.#completeUntil = began;
    for (const uid of unseen) {
      // Where the list was not read to its end nobody knows.
      if (isRead) cache.bury(collection, uid);
      else cache.forget(uid);
    }
    logger.debug({ collection, took: now() - began, isRead }, 'listed metadata');
    return version;
  }

  async #watch(resourceVersion: string, signal: AbortSignal): Promise<void> {
    const { client, request, timings, random, onRequest } = this.#options;
    const { min, max } = timings.watchTimeoutMs;
    onRequest('watch');
    this.#started.resolve();
    const end = await watchCollection({
      client,
      request: { ...request, accept: METADATA },
      resourceVersion,
      timeoutSeconds: Math.max(1, Math.round((min + random() * (max - min)) / 1000)),
      timings,
      signal,
      onOpen: () => this.#works(),
      onFrames: async (frames) => {
        for (const frame of frames) this.#take(frame);
        if (frames.length > 0) this.#backoff.reset();
      },
    });
    if (end.clean) return;
    this.#unsure = true;
    await this.#backoff.wait(signal);
  }

  #take(piece: Piece): void {
    if (!Buffer.isBuffer(piece)) {
      this.forgotten();
      return;
    }
    const { cache, collection, now } = this.#options;
    const frame = this.#parse(piece);
    switch (frame.type) {
      case 'ERROR':
        throw new ApiStatusError(`watch ${collection}`, { status: frame.status.code ?? 500, body: frame.status });
      case 'BOOKMARK':
        this.#version = frame.resourceVersion;
        if (this.#completeUntil !== undefined) {
          this.#completeUntil = Math.max(this.#completeUntil, now() - BOOKMARK_LAG_MS);
        }
        return;
      case 'DELETED':
        cache.bury(collection, frame.metadata.uid, frame.metadata);
        break;
      case 'ADDED':
        cache.put(collection, frame.metadata);
        break;
      case 'MODIFIED':
        // What was forgotten is not remembered for each change of it while there is no room.
        if (cache.hasRoom || cache.isAlive(frame.metadata.uid)) cache.put(collection, frame.metadata);
        break;
    }
    this.#version = frame.metadata.resourceVersion;
  }

  /** What makes no sense is made good by a list. */
  #parse(frame: Buffer): MetadataFrame {
    try {
      return parseMetadataFrame(frame);
    } catch (error) {
      this.#version = undefined;
      throw error;
    }
  }

  #works(): void {
    const { logger, request } = this.#options;
    if (this.#problem !== undefined) logger.info({ resource: request.resource }, 'metadata can be read again');
    this.#problem = undefined;
    this.#failures = 0;
    this.#refused = false;
  }

  /** Takes note of what failed, and returns after how many milliseconds to try again. */
  #failed(error: unknown): number {
    const { request, logger, cache, collection, place } = this.#options;
    this.#started.resolve();
    this.#unsure = true;
    if (error instanceof ApiStatusError && isExpired(error)) {
      this.#version = undefined;
      return this.#backoff.nextMs();
    }
    const { resource } = request;
    if (error instanceof ApiStatusError && (error.status === 401 || error.status === 403)) {
      this.#version = undefined;
      this.#completeUntil = undefined;
      for (const uid of cache.uidsOf(collection)) cache.forget(uid);
      const rule = `verbs "list" and "watch" on resource "${resource}" in ${place}`;
      this.#warn(`RBAC rule missing: ${rule}: ${messageOf(error)}`, 'objects stay without labels and owners');
      this.#refused = true;
      return this.#options.refusedMs;
    }
    if (++this.#failures >= WORTH_A_WARNING) this.#warn(messageOf(error), 'cannot keep up with metadata; trying again');
    else logger.debug({ resource, problem: messageOf(error) }, 'cannot keep up with metadata; trying again');
    return this.#backoff.nextMs();
  }

  /** Once, until it works again. */
  #warn(problem: string, message: string): void {
    const { logger, request } = this.#options;
    if (this.#problem === undefined) logger.warn({ resource: request.resource, problem }, message);
    this.#problem = problem;
  }
}
