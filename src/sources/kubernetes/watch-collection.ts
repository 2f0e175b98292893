/** One watch, from its request to the end of its connection. */
import type { Readable } from 'node:stream';
import { setImmediate } from 'node:timers/promises';
import { messageOf } from '../../core/errors.ts';
import { linkedAbort } from '../../util/linked-abort.ts';
import { statusErrorOf } from './api-response.ts';
import type { KubernetesClient } from './client.ts';
import type { CollectionRequest } from './collection-request.ts';
import { FrameSplitter } from './frame-splitter.ts';
import type { Piece } from './held-bytes.ts';
import { acceptOf } from './list-collection.ts';
import type { WatchTimings } from './watch-timings.ts';

export interface WatchStreamOptions {
  readonly client: KubernetesClient;
  readonly request: CollectionRequest;
  readonly resourceVersion: string;
  readonly timeoutSeconds: number;
  readonly timings: WatchTimings;
  readonly signal: AbortSignal;
  readonly onOpen: () => void;
  /** Calls `read` when it is time to read what arrived; absent: at once. Rejects when that does. */
  readonly gather?: (read: () => Promise<void>) => Promise<void>;
  /** Called with what was read at a time: the frames that end in it, and its length. More is read when it has resolved. */
  readonly onFrames: (frames: readonly Piece[], bytes: number) => Promise<void>;
}

/** An API server sends each event by itself. So many at a time are no trickle: what comes behind them is read at once. */
const MUCH_BYTES = 128 * 1024;
/** What is read at a time, when that much is there. */
const READ_BYTES = 256 * 1024;
/** What waits is left to the kernel: each time that a little is taken from it costs as much as some events. */
const HELD_BYTES = 4 * 1024;

export interface WatchEnd {
  /**
   * The server ended the watch at its timeout, and properly, with the last chunk of a chunked body: every frame it had
   * written has arrived. Not so when a connection is cut, given up, or ended early by a server that is going down.
   */
  readonly clean: boolean;
  readonly lastedMs: number;
  /** Why it is not clean, for the log. */
  readonly reason?: string;
}

/**
 * Resolves when the connection has ended, whatever ended it: an incomplete frame is dropped, the next watch brings it
 * again. Rejects when the watch is refused, when `onFrames` rejects, and when the signal is aborted.
 */
export async function watchCollection(options: WatchStreamOptions): Promise<WatchEnd> {
  const { timeoutSeconds, timings, signal } = options;
  const began = performance.now();
  const { controller, unlink } = linkedAbort([signal]);
  const giveUp = new Error('the server did not end the watch at its timeout: the connection is half-open');
  const timer = setTimeout(() => controller.abort(giveUp), timeoutSeconds * 1000 + timings.watchGraceMs);
  try {
    const interruption = await readStream(options, controller.signal);
    signal.throwIfAborted();
    const lastedMs = performance.now() - began;
    const reason =
      interruption ?? (lastedMs < timeoutSeconds * 1000 ? 'the server ended it before its timeout' : undefined);
    return { clean: reason === undefined, lastedMs, ...(reason !== undefined && { reason }) };
  } finally {
    clearTimeout(timer);
    unlink();
  }
}

/** Resolves with what interrupted the stream, or undefined after its proper end. */
async function readStream(options: WatchStreamOptions, signal: AbortSignal): Promise<string | undefined> {
  const { client, request, resourceVersion, timeoutSeconds, timings, onOpen, gather, onFrames } = options;
  const response = await client.request(request.path, {
    query: { ...request.query, watch: true, resourceVersion, timeoutSeconds, allowWatchBookmarks: true },
    ...acceptOf(request),
    headersTimeoutMs: timings.headersTimeoutMs,
    highWaterMark: HELD_BYTES,
    signal,
  });
  const { status, headers, body } = response;
  if (status !== 200) throw await statusErrorOf(`watch ${request.resource}`, response);
  onOpen();
  const splitter = new FrameSplitter();
  const chunks = (body as AsyncIterable<Buffer>)[Symbol.asyncIterator]();
  let isMuch = false;
  try {
    for (;;) {
      const next = await chunks.next().catch((error: unknown) => messageOf(error));
      if (typeof next === 'string') return next;
      if (next.done) break;
      const read = async (): Promise<void> => {
        const arrived = await readArrived(body, next.value);
        const bytes = arrived.reduce((sum, { length }) => sum + length, 0);
        isMuch = bytes >= MUCH_BYTES;
        await onFrames(
          arrived.flatMap((chunk) => splitter.push(chunk)),
          bytes,
        );
      };
      if (!gather || isMuch) await read();
      else await gather(read);
    }
  } finally {
    body.destroy();
  }
  if (splitter.incomplete > 0) return 'it ended within a frame';
  // Without chunks, the end of the connection is all there is, and a cut one looks the same.
  return headers['transfer-encoding'] === 'chunked' ? undefined : 'its end cannot be told from a cut connection';
}

/** Everything that has arrived behind the first of it: until a turn of the event loop brings nothing more. */
async function readArrived(body: Readable, first: Buffer): Promise<readonly Buffer[]> {
  const chunks = [first];
  for (let bytes = first.length; bytes < READ_BYTES; ) {
    const chunk = body.read() as Buffer | null;
    if (chunk) {
      chunks.push(chunk);
      bytes += chunk.length;
      continue;
    }
    await setImmediate();
    if (body.readableLength === 0) break;
  }
  return chunks;
}
