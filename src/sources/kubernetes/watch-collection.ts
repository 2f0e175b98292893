/** One watch, from its request to the end of its connection. */
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
  /** When it is time to read what arrived, unless that is much; absent: at once. */
  readonly gather?: () => Promise<void>;
  /** Called with what was read at a time: the frames that end in it, and its length. More is read when it has resolved. */
  readonly onFrames: (frames: readonly Piece[], bytes: number) => Promise<void>;
}

/** An API server sends each event by itself. More than this waiting is worth being read at once. */
const GATHERED_BYTES = 32 * 1024;
/** What may wait before the connection is held back: as much as comes between two groups when 4,000 events a second do. */
const HELD_BYTES = 256 * 1024;

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
  try {
    for (;;) {
      const next = await chunks.next().catch((error: unknown) => messageOf(error));
      if (typeof next === 'string') return next;
      if (next.done) break;
      if (gather && next.value.length + body.readableLength < GATHERED_BYTES) await gather();
      const rest = body.read() as Buffer | null;
      const frames = splitter.push(next.value);
      if (rest) frames.push(...splitter.push(rest));
      await onFrames(frames, next.value.length + (rest?.length ?? 0));
    }
  } finally {
    body.destroy();
  }
  if (splitter.incomplete > 0) return 'it ended within a frame';
  // Without chunks, the end of the connection is all there is, and a cut one looks the same.
  return headers['transfer-encoding'] === 'chunked' ? undefined : 'its end cannot be told from a cut connection';
}
