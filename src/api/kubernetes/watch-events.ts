/**
 * One watch. While it is behind it reads what it sends when the client has taken what was sent before: nothing is kept for
 * a slow one, and one that takes nothing for long is cut off. Then it follows with all who see the same.
 * https://kubernetes.io/docs/reference/using-api/api-concepts/#efficient-detection-of-changes
 */
import { once } from 'node:events';
import type { ServerResponse } from 'node:http';
import { type Status, StatusError } from '../status-error.ts';
import { type EventsRequest, reachedAt, requireServedVersion, windowStart } from './events-request.ts';
import { EventsView } from './events-view.ts';
import type { ListOptions } from './list-options.ts';
import { servedVersion } from './served-version.ts';
import { versionTooLarge, WATCH_EXPIRED } from './status.ts';
import { follow } from './watch-following.ts';

const SLOW_MS = 30_000;

/** Whether a watch tells first what there is. */
export function beginsWithState({ resourceVersion, sendInitialEvents }: ListOptions): boolean {
  return sendInitialEvents ?? !resourceVersion;
}

export class EventsWatch {
  readonly #request: EventsRequest;
  readonly #response: ServerResponse;
  readonly #signal: AbortSignal;
  readonly #now: () => number;
  readonly #view: EventsView;

  /** Ends when the signal is aborted; a {@link StatusError} as its reason is told to the client. */
  constructor(request: EventsRequest, response: ServerResponse, signal: AbortSignal, now: () => number) {
    this.#request = request;
    this.#response = response;
    this.#signal = signal;
    this.#now = now;
    this.#view = new EventsView(request, now);
  }

  /** Resolves when it has ended. Throws {@link StatusError} before anything was sent, when it cannot begin. */
  async run(): Promise<void> {
    const { options, cluster, namespace } = this.#request;
    const served = servedVersion(cluster, namespace) ?? requireServedVersion(cluster, namespace);
    this.#response.writeHead(200, { 'Content-Type': 'application/json' });
    // A client waits for these, not for the first event.
    this.#response.flushHeaders();
    try {
      await this.#begin(options.resourceVersion ?? 0, served);
      for (;;) {
        await this.#catchUp();
        await this.#follow();
      }
    } catch (error) {
      const { aborted, reason } = this.#signal;
      const cause: unknown = aborted ? reason : error;
      if (cause instanceof StatusError) this.#fail(cause.status);
      else if (!aborted) throw error;
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
    if (beginsWithState(options)) {
      this.#view.begin(served, start);
      for await (const frames of this.#view.state()) await this.#write(frames);
      if (options.allowWatchBookmarks) await this.#write(this.#view.bookmark(true));
    } else if (from === 0) this.#view.begin(served, start);
    else {
      const reached = await reachedAt(this.#request, { cluster: cluster.name, resourceVersion: from }, served, now);
      if (reached === undefined) throw new StatusError(WATCH_EXPIRED);
      this.#view.begin(from, windowStart(this.#request, reached));
    }
  }

  async #catchUp(): Promise<void> {
    for await (const frames of this.#view.left()) await this.#write(frames);
    const clusters = await this.#request.feed.clusters();
    for (;;) {
      const frames = await this.#view.changes(clusters);
      if (frames === undefined) break;
      await this.#write(frames);
    }
    const bookmark = this.#view.dueBookmark();
    if (bookmark !== undefined) await this.#write(bookmark);
  }

  /** Resolves when it has to go on alone. */
  async #follow(): Promise<void> {
    this.#signal.throwIfAborted();
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    const end = (): void => reject(this.#signal.reason);
    this.#signal.addEventListener('abort', end, { once: true });
    const leave = follow(this.#view, {
      write: (frames) => this.#response.write(frames),
      release: ({ told }) => {
        this.#view.told = told;
        resolve();
      },
      fail: reject,
    });
    try {
      await promise;
    } finally {
      leave();
      this.#signal.removeEventListener('abort', end);
    }
    await this.#drained();
  }

  /** The last frame. */
  #fail(status: Status): void {
    this.#response.write(`${JSON.stringify({ type: 'ERROR', object: status })}\n`);
  }

  async #write(frames: string | Buffer): Promise<void> {
    this.#signal.throwIfAborted();
    if (frames.length > 0 && !this.#response.write(frames)) await this.#drained();
  }

  async #drained(): Promise<void> {
    if (!this.#response.writableNeedDrain) return;
    const slow = setTimeout(() => this.#response.destroy(), SLOW_MS);
    try {
      await once(this.#response, 'drain', { signal: this.#signal });
    } finally {
      clearTimeout(slow);
    }
  }
}
