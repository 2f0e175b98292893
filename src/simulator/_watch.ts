/**
 * One open watch: a cursor over the store's log. It sends what the client takes and keeps nothing for a client that is
 * slow; one that falls behind compaction has expired.
 */
import type { ServerResponse } from 'node:http';
import type { FrameCache } from './_frame-cache.ts';
import type { Representation } from './_representation.ts';
import { type Status, WATCH_EXPIRED } from './api-status.ts';
import type { EventRequest } from './event-request.ts';
import type { Change, EventStore, StoredEvent } from './event-store.ts';
import type { Faults } from './faults.ts';

const FRAMES_A_WRITE = 256;

export class Watch {
  readonly #store: EventStore;
  readonly #faults: Faults;
  readonly #frames: FrameCache;
  readonly #request: EventRequest;
  readonly #response: ServerResponse;
  readonly #generation: number;
  #position = 0;
  // A frame that is to be sent after its successor.
  #late: Buffer | undefined;
  #waiting = false;
  #torn = false;
  #slowUntil: NodeJS.Timeout | undefined;

  constructor(store: EventStore, faults: Faults, frames: FrameCache, request: EventRequest, response: ServerResponse) {
    this.#store = store;
    this.#faults = faults;
    this.#frames = frames;
    this.#request = request;
    this.#response = response;
    this.#generation = store.generation;
  }

  /** Starts where the request says; `initial` is the state to begin with, for a watch from any version. */
  start(initial: readonly StoredEvent[] | undefined): void {
    const { resourceVersion = 0 } = this.#request;
    if (!initial && resourceVersion + 1 < this.#store.compacted) {
      this.fail(WATCH_EXPIRED);
      return;
    }
    this.#response.on('drain', () => {
      this.#waiting = false;
      this.pump();
    });
    const from = initial ? this.#store.resourceVersion : resourceVersion;
    this.#position = this.#store.positionAfter(from);
    // Headers go out at once: a client waits for them, not for the first event.
    this.#response.flushHeaders();
    if (initial) this.#sendInitial(initial);
    this.pump();
  }

  /** Sends what there is to send, as far as the client takes it. */
  pump(): void {
    if (this.#generation !== this.#store.generation) return;
    while (!this.#waiting && !this.#faults.held && !this.#response.writableEnded && !this.#response.destroyed) {
      const frames = this.#nextFrames();
      if (frames.length === 0) return;
      this.#write(Buffer.concat(frames));
      if (this.#torn) {
        // Only once the half is on its way.
        this.#waiting = true;
        this.#response.write('', () => this.cut());
      }
    }
  }

  /** An ERROR frame, and the end. */
  fail(status: Status): void {
    this.#response.end(`${JSON.stringify({ type: 'ERROR', object: status })}\n`);
  }

  /** A clean end, as after timeoutSeconds. What the watch cache serves gets a bookmark shortly before. */
  end(): void {
    clearTimeout(this.#slowUntil);
    const { representation, allowWatchBookmarks, isCached } = this.#request;
    const isLast = isCached && allowWatchBookmarks && !this.#faults.held && !this.#waiting;
    this.#response.end(isLast ? bookmark(representation, this.#store.resourceVersion) : undefined);
  }

  cut(): void {
    clearTimeout(this.#slowUntil);
    this.#response.destroy();
  }

  #sendInitial(events: readonly StoredEvent[]): void {
    const { representation, select, allowWatchBookmarks } = this.#request;
    const frames = events
      .filter((event) => select?.(event) !== false)
      .map((event) => `{"type":"ADDED","object":${representation.json(event.json)}}\n`);
    // The one bookmark that a watch of events ever gets.
    if (allowWatchBookmarks) {
      const annotations = { 'k8s.io/initial-events-end': 'true' };
      frames.push(bookmark(representation, this.#store.resourceVersion, { annotations }));
    }
    if (frames.length > 0) this.#write(Buffer.from(frames.join('')));
  }

  #nextFrames(): Buffer[] {
    const frames: Buffer[] = [];
    while (frames.length < FRAMES_A_WRITE && !this.#torn) {
      const change = this.#store.changeAt(this.#position);
      if (change === undefined) break;
      if (change === 'compacted') {
        if (frames.length === 0) this.fail(WATCH_EXPIRED);
        break;
      }
      this.#position += 1;
      if (!this.#wants(change)) continue;
      frames.push(...this.#withFaults(this.#frames.frameOf(change, this.#request.representation)));
    }
    return frames;
  }

  #wants({ event, resourceVersion }: Change): boolean {
    const { namespace, name, select } = this.#request;
    // After a watch from the future nothing is new until the store has got there.
    if (resourceVersion <= (this.#request.resourceVersion ?? 0)) return false;
    if (namespace !== undefined && event.namespace !== namespace) return false;
    return (name === undefined || event.name === name) && select?.(event) !== false;
  }

  #withFaults(frame: Buffer): Buffer[] {
    const late = this.#late;
    this.#late = undefined;
    if (late) return [frame, late];
    const fault = this.#faults.takeFrameFault();
    if (fault === 'duplicate') return [frame, frame];
    if (fault === 'out-of-order') {
      this.#late = frame;
      return [];
    }
    if (fault === 'torn') {
      this.#torn = true;
      return [frame.subarray(0, Math.floor(frame.length / 2))];
    }
    return [frame];
  }

  #write(bytes: Buffer): void {
    const rate = this.#faults.bytesPerSecond;
    if (rate === undefined) {
      this.#waiting = !this.#response.write(bytes);
      return;
    }
    this.#waiting = true;
    const step = Math.max(1, Math.floor(rate / 20));
    const trickle = (from: number): void => {
      if (this.#response.destroyed) return;
      this.#response.write(bytes.subarray(from, from + step));
      this.#slowUntil = setTimeout(() => {
        if (from + step < bytes.length) trickle(from + step);
        else {
          this.#waiting = false;
          this.pump();
        }
      }, 50);
    };
    trickle(0);
  }
}

function bookmark({ json, apiVersion, listKind, empty }: Representation, version: number, more: object = {}): string {
  const metadata = { resourceVersion: String(version), ...more };
  // Made of what is stored, which for events is always of core/v1.
  const isEvent = listKind === 'EventList';
  const stored = { kind: listKind.replace(/List$/, ''), apiVersion: isEvent ? 'v1' : apiVersion, metadata, ...empty };
  return `{"type":"BOOKMARK","object":${json(JSON.stringify(stored))}}\n`;
}
