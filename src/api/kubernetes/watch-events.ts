/**
 * One watch. It reads what it sends when the client has taken what was sent before: nothing is kept for a slow one, and
 * one that takes nothing for long is cut off.
 * https://kubernetes.io/docs/reference/using-api/api-concepts/#efficient-detection-of-changes
 */
import { once } from 'node:events';
import type { ServerResponse } from 'node:http';
import type { StoredEvent } from '../../component/history.ts';
import type { Event } from '../../core/event.ts';
import {
  type EventsRequest,
  isSelected,
  reachedAt,
  requireServedVersion,
  storeQuery,
  windowStart,
} from './events-request.ts';
import { atVersion, bookmark, servedEvent, standalone } from './representation.ts';
import { servedVersion } from './served-version.ts';
import { NOT_LISTED, type Status, StatusError, versionTooLarge, WATCH_EXPIRED } from './status.ts';

const BOOKMARK_MS = 60_000;
const SLOW_MS = 30_000;
/** Frames that are there together are written together. */
const WRITE_CHARACTERS = 64 * 1024;

type FrameType = 'ADDED' | 'MODIFIED' | 'DELETED' | 'BOOKMARK';

const FRAMES = new WeakMap<StoredEvent, Map<string, string>>();

export class EventsWatch {
  readonly #request: EventsRequest;
  readonly #response: ServerResponse;
  readonly #signal: AbortSignal;
  readonly #now: () => number;
  readonly #shapeKey: string;
  /** Everything up to it was sent. */
  #version = 0;
  /** What was last seen before it was sent as gone. */
  #start = Number.MIN_SAFE_INTEGER;
  #hasColumns = false;
  /** Frames that are yet to be written. */
  #unwritten = '';

  /** Ends when the signal is aborted; a {@link StatusError} as its reason is told to the client. */
  constructor(request: EventsRequest, response: ServerResponse, signal: AbortSignal, now: () => number) {
    this.#request = request;
    this.#response = response;
    this.#signal = signal;
    this.#now = now;
    this.#shapeKey = JSON.stringify(request.shape);
  }

  /** Resolves when it has ended. Throws {@link StatusError} before anything was sent, when it cannot begin. */
  async run(): Promise<void> {
    const { options, cluster, namespace, feed } = this.#request;
    const { resourceVersion: from = 0, sendInitialEvents } = options;
    const served = servedVersion(cluster, namespace);
    if (served === undefined) requireServedVersion(cluster, namespace);
    this.#response.writeHead(200, { 'Content-Type': 'application/json' });
    // A client waits for these, not for the first event.
    this.#response.flushHeaders();
    const stop = feed.watch();
    try {
      await this.#begin(from, sendInitialEvents ?? from === 0, served ?? 0);
      await this.#follow();
    } catch (error) {
      const { aborted, reason } = this.#signal;
      const cause: unknown = aborted ? reason : error;
      // What was not sent before the end was ordered is not sent any more.
      if (aborted) this.#unwritten = '';
      if (cause instanceof StatusError) this.#fail(cause.status);
      else if (!aborted) throw error;
    } finally {
      stop();
    }
  }

  async #begin(from: number, withState: boolean, served: number): Promise<void> {
    const { options, cluster } = this.#request;
    const now = this.#now();
    const start = windowStart(this.#request, now);
    if (options.sendInitialEvents === true && from > served) {
      const tooLarge = versionTooLarge(from, served);
      throw new StatusError({ ...tooLarge, details: { ...tooLarge.details, retryAfterSeconds: 1 } });
    }
    if (!withState) {
      this.#version = from || served;
      if (from === 0) this.#start = start;
      else {
        const reached = await reachedAt(this.#request, { cluster: cluster.name, resourceVersion: from }, served, now);
        if (reached === undefined) throw new StatusError(WATCH_EXPIRED);
        this.#start = windowStart(this.#request, reached);
      }
      return;
    }
    this.#version = served;
    this.#start = start;
    const query = { ...storeQuery(this.#request), since: start };
    for await (const { event } of this.#at(served, query)) {
      if (isSelected(this.#request, event)) await this.#send('ADDED', event);
    }
    if (options.allowWatchBookmarks) await this.#sendBookmark(true);
    await this.#flush();
  }

  async #follow(): Promise<void> {
    const { feed, options } = this.#request;
    let bookmarked = { at: this.#now(), version: this.#version };
    for (;;) {
      const { count } = feed.committed;
      this.#signal.throwIfAborted();
      await this.#sendLeft(this.#now());
      await this.#sendChanges();
      const isDue = this.#now() - bookmarked.at >= BOOKMARK_MS;
      if (options.allowWatchBookmarks && isDue && bookmarked.version !== this.#version) {
        await this.#sendBookmark(false);
        bookmarked = { at: this.#now(), version: this.#version };
      }
      await feed.committed.wait(count, this.#signal);
    }
  }

  async #sendChanges(): Promise<void> {
    const { feed, namespace, cluster: began } = this.#request;
    const cluster = (await feed.clusters()).find(({ name }) => name === began.name);
    // Its versions cannot be compared any more.
    if (cluster?.epoch !== began.epoch) throw new StatusError(WATCH_EXPIRED);
    const served = servedVersion(cluster, namespace);
    if (served === undefined) throw new StatusError(NOT_LISTED);
    const upTo = { cluster: cluster.name, resourceVersion: served, epoch: cluster.epoch };
    while (this.#version < served) {
      const { changes, reached } = await feed.page(upTo, this.#version);
      for (const { event, before } of changes) {
        const shown = before && this.#isVisible(before) ? before : undefined;
        if (this.#isVisible(event)) await this.#send(shown ? 'MODIFIED' : 'ADDED', event);
        else if (shown) await this.#send('DELETED', atVersion(shown, Number(event.body.metadata.resourceVersion)));
      }
      this.#version = reached;
      await this.#flush();
    }
  }

  /** What was in the window at this version, and is not any more. */
  async #sendLeft(now: number): Promise<void> {
    const start = windowStart(this.#request, now);
    const [since, until] = [this.#start, start - 1];
    this.#start = start;
    if (since > until) return;
    for await (const { event } of this.#at(this.#version, { ...storeQuery(this.#request), since, until })) {
      if (isSelected(this.#request, event)) await this.#send('DELETED', atVersion(event, this.#version));
    }
    await this.#flush();
  }

  #at(resourceVersion: number, query: ReturnType<typeof storeQuery>) {
    const { feed, cluster } = this.#request;
    return feed.versions.at({ cluster: cluster.name, resourceVersion, query });
  }

  #isVisible(event: StoredEvent): boolean {
    return event.time >= this.#start && isSelected(this.#request, event);
  }

  async #send(type: FrameType, event: StoredEvent): Promise<void> {
    this.#unwritten += this.#frame(type, event);
    if (this.#unwritten.length >= WRITE_CHARACTERS) await this.#flush();
  }

  /** Encoded once for all who watch the same shape. */
  #frame(type: FrameType, event: StoredEvent): string {
    const { shape } = this.#request;
    const withColumns = shape.representation.as === 'table' && !this.#hasColumns;
    this.#hasColumns = true;
    const key = `${type}${withColumns ? ' columns' : ''} ${this.#shapeKey}`;
    const frames = FRAMES.get(event) ?? new Map<string, string>();
    FRAMES.set(event, frames);
    let frame = frames.get(key);
    if (frame === undefined) {
      frame = this.#encode(type, servedEvent(event, shape.epoch), withColumns);
      frames.set(key, frame);
    }
    return frame;
  }

  async #sendBookmark(isFirst: boolean): Promise<void> {
    this.#unwritten += this.#encode('BOOKMARK', bookmark(this.#version, isFirst), !this.#hasColumns);
    await this.#flush();
  }

  #encode(type: FrameType, event: Event, withColumns: boolean): string {
    const object = standalone(event, this.#request.shape, this.#now(), withColumns);
    return `${JSON.stringify({ type, object })}\n`;
  }

  /** The last frame. */
  #fail(status: Status): void {
    this.#response.write(`${this.#unwritten}${JSON.stringify({ type: 'ERROR', object: status })}\n`);
  }

  async #flush(): Promise<void> {
    const text = this.#unwritten;
    this.#unwritten = '';
    this.#signal.throwIfAborted();
    if (text === '' || this.#response.write(text)) return;
    const slow = setTimeout(() => this.#response.destroy(), SLOW_MS);
    try {
      await once(this.#response, 'drain', { signal: this.#signal });
    } finally {
      clearTimeout(slow);
    }
  }
}
