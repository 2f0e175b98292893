/**
 * One watch. It reads what it sends when the client has taken what was sent before: nothing is kept for a slow one, and
 * one that takes nothing for long is cut off.
 * https://kubernetes.io/docs/reference/using-api/api-concepts/#efficient-detection-of-changes
 */
import { once } from 'node:events';
import type { ServerResponse } from 'node:http';
import type { EventChange } from '../../component/event-versions.ts';
import type { StoredEvent } from '../../component/history.ts';
import type { Event } from '../../core/event.ts';
import type { ChangePage } from './event-feed.ts';
import {
  type EventsRequest,
  isSelected,
  reachedAt,
  requireServedVersion,
  statesInTurns,
  storeQuery,
  windowStart,
} from './events-request.ts';
import type { ListOptions } from './list-options.ts';
import { atVersion, bookmark, servedEvent, standalone } from './representation.ts';
import { servedVersion } from './served-version.ts';
import { NOT_LISTED, type Status, StatusError, versionTooLarge, WATCH_EXPIRED } from './status.ts';

const BOOKMARK_MS = 60_000;
const SLOW_MS = 30_000;
/** What leaves the window within so short a time is little, whoever looks at it. */
const SHARED_MS = 10_000;
/** Frames that are there together are written together. */
const WRITE_CHARACTERS = 64 * 1024;

type FrameType = 'ADDED' | 'MODIFIED' | 'DELETED' | 'BOOKMARK';

/** What was encoded already, for as long as somebody holds what it was encoded from. */
const FRAMES = new WeakMap<StoredEvent, Map<string, string>>();
const TEXTS = new WeakMap<ChangePage, Map<string, Buffer>>();

/** Whether a watch tells first what there is. */
export function beginsWithState({ resourceVersion, sendInitialEvents }: ListOptions): boolean {
  return sendInitialEvents ?? !resourceVersion;
}

export class EventsWatch {
  readonly #request: EventsRequest;
  readonly #response: ServerResponse;
  readonly #signal: AbortSignal;
  readonly #now: () => number;
  readonly #shapeKey: string;
  /** The same for all that see the same changes alike, but for their windows. */
  readonly #viewKey: string;
  /** Everything up to it was sent. */
  #version = 0;
  /** What was last seen before it was sent as gone. */
  #start = Number.MIN_SAFE_INTEGER;
  #hasColumns = false;
  #isCalled = false;
  #wake: (() => void) | undefined;
  /** Frames that are yet to be written. */
  #unwritten = '';

  /** Ends when the signal is aborted; a {@link StatusError} as its reason is told to the client. */
  constructor(request: EventsRequest, response: ServerResponse, signal: AbortSignal, now: () => number) {
    this.#request = request;
    this.#response = response;
    this.#signal = signal;
    this.#now = now;
    this.#shapeKey = JSON.stringify(request.shape);
    this.#viewKey = JSON.stringify([request.shape, request.namespace, request.options.selectors]);
  }

  /** Resolves when it has ended. Throws {@link StatusError} before anything was sent, when it cannot begin. */
  async run(): Promise<void> {
    const { options, cluster, namespace, feed } = this.#request;
    const { resourceVersion: from = 0 } = options;
    const served = servedVersion(cluster, namespace);
    if (served === undefined) requireServedVersion(cluster, namespace);
    this.#response.writeHead(200, { 'Content-Type': 'application/json' });
    // A client waits for these, not for the first event.
    this.#response.flushHeaders();
    const wake = (): void => {
      this.#isCalled = true;
      this.#wake?.();
    };
    const stop = feed.watch(wake);
    this.#signal.addEventListener('abort', wake, { once: true });
    try {
      await this.#begin(from, served ?? 0);
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

  async #begin(from: number, served: number): Promise<void> {
    const { options, cluster } = this.#request;
    const now = this.#now();
    const start = windowStart(this.#request, now);
    if (options.sendInitialEvents === true && from > served) {
      const tooLarge = versionTooLarge(from, served);
      throw new StatusError({ ...tooLarge, details: { ...tooLarge.details, retryAfterSeconds: 1 } });
    }
    if (!beginsWithState(options)) {
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
    for await (const page of this.#at(served, query)) {
      for (const { event } of page) if (isSelected(this.#request, event)) await this.#send('ADDED', event);
    }
    if (options.allowWatchBookmarks) await this.#sendBookmark(true);
    await this.#flush();
  }

  async #follow(): Promise<void> {
    const { options } = this.#request;
    let bookmarked = { at: this.#now(), version: this.#version };
    for (;;) {
      this.#isCalled = false;
      this.#signal.throwIfAborted();
      await this.#sendLeft(this.#now());
      await this.#sendChanges();
      const isDue = this.#now() - bookmarked.at >= BOOKMARK_MS;
      if (options.allowWatchBookmarks && isDue && bookmarked.version !== this.#version) {
        await this.#sendBookmark(false);
        bookmarked = { at: this.#now(), version: this.#version };
      }
      await this.#called();
    }
  }

  /** Resolves when the feed has called since it was last looked at, or the watch is to end. */
  async #called(): Promise<void> {
    if (this.#isCalled || this.#signal.aborted) return;
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#wake = resolve;
    await promise;
    this.#wake = undefined;
  }

  async #sendChanges(): Promise<void> {
    const { feed, namespace, cluster: began } = this.#request;
    const cluster = (await feed.called()).find(({ name }) => name === began.name);
    // Its versions cannot be compared any more.
    if (cluster?.epoch !== began.epoch) throw new StatusError(WATCH_EXPIRED);
    const served = servedVersion(cluster, namespace);
    if (served === undefined) throw new StatusError(NOT_LISTED);
    const upTo = { cluster: cluster.name, resourceVersion: served, epoch: cluster.epoch };
    while (this.#version < served) {
      const page = await feed.page(upTo, this.#version);
      await this.#write(this.#textOf(page));
      this.#version = page.reached;
    }
  }

  /** The frames of a page of changes: one buffer for all who watch the same. */
  #textOf(page: ChangePage): Buffer {
    const texts = TEXTS.get(page) ?? new Map<string, Buffer>();
    TEXTS.set(page, texts);
    const key = `${this.#start} ${this.#hasColumns} ${this.#viewKey}`;
    let text = texts.get(key);
    if (!text) {
      const hadColumns = this.#hasColumns;
      text = Buffer.from(page.changes.map((change) => this.#changeFrame(change)).join(''));
      this.#hasColumns = hadColumns;
      texts.set(key, text);
    }
    this.#hasColumns ||= text.length > 0;
    return text;
  }

  /** Empty for what the watcher does not see. */
  #changeFrame({ event, before, resourceVersion }: EventChange): string {
    const shown = before && this.#isVisible(before) ? before : undefined;
    if (event && this.#isVisible(event)) return this.#frame(shown ? 'MODIFIED' : 'ADDED', event);
    return shown ? this.#frame('DELETED', shown, resourceVersion) : '';
  }

  /** What was in the window at this version, and is not any more. */
  async #sendLeft(now: number): Promise<void> {
    // In whole seconds, so that those who watch the same begin their windows at the same instant.
    const start = Math.max(this.#start, windowStart(this.#request, now - (now % 1_000)));
    const [since, until] = [this.#start, start - 1];
    this.#start = start;
    if (since > until) return;
    for await (const events of this.#lastSeen(since, until)) {
      for (const event of events) {
        if (isSelected(this.#request, event)) await this.#send('DELETED', event, this.#version);
      }
    }
    await this.#flush();
  }

  /** Read once for all who have followed until now; by itself for who has been away. */
  async *#lastSeen(since: number, until: number): AsyncGenerator<readonly StoredEvent[]> {
    const { feed, cluster } = this.#request;
    const version = { cluster: cluster.name, resourceVersion: this.#version };
    if (until - since < SHARED_MS) yield await feed.lastSeen(version, since, until);
    else {
      for await (const page of this.#at(this.#version, { ...storeQuery(this.#request), since, until })) {
        yield page.map(({ event }) => event);
      }
    }
  }

  #at(resourceVersion: number, query: ReturnType<typeof storeQuery>) {
    return statesInTurns(this.#request, { cluster: this.#request.cluster.name, resourceVersion, query });
  }

  #isVisible(event: StoredEvent): boolean {
    return event.time >= this.#start && isSelected(this.#request, event);
  }

  /** `endedAt`: the version of a DELETED. */
  async #send(type: FrameType, event: StoredEvent, endedAt?: number): Promise<void> {
    this.#unwritten += this.#frame(type, event, endedAt);
    if (this.#unwritten.length >= WRITE_CHARACTERS) await this.#flush();
  }

  /** Encoded once for all who watch the same shape: a change and what was before it belong to no other change. */
  #frame(type: FrameType, event: StoredEvent, endedAt?: number): string {
    const { shape } = this.#request;
    const withColumns = shape.representation.as === 'table' && !this.#hasColumns;
    this.#hasColumns = true;
    const key = `${type}${withColumns ? ' columns' : ''} ${this.#shapeKey}`;
    const frames = FRAMES.get(event) ?? new Map<string, string>();
    FRAMES.set(event, frames);
    let frame = frames.get(key);
    if (frame === undefined) {
      const served = servedEvent(event, shape.epoch);
      frame = this.#encode(type, endedAt === undefined ? served : atVersion(served, endedAt), withColumns);
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
    await this.#write(text);
  }

  async #write(text: string | Buffer): Promise<void> {
    this.#signal.throwIfAborted();
    if (text.length === 0 || this.#response.write(text)) return;
    const slow = setTimeout(() => this.#response.destroy(), SLOW_MS);
    try {
      await once(this.#response, 'drain', { signal: this.#signal });
    } finally {
      clearTimeout(slow);
    }
  }
}
