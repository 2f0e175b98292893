/** The frames that arrived together -> what is to be committed together. */
import type { Break } from '../../core/coverage.ts';
import { AppError, messageOf } from '../../core/errors.ts';
import type { Event } from '../../core/event.ts';
import { type Envelope, type EventRecord, eventRecord } from '../../core/record.ts';
import { compareResourceVersions } from '../../core/resource-version.ts';
import { firstSeen, lastSeen, parseTimestamp } from '../../core/time.ts';
import { ApiStatusError } from './api-status.ts';
import type { DeleteClass, ExpiryClassifier } from './expiry-classifier.ts';
import type { Piece } from './held-bytes.ts';
import { parseHead, parseWatchFrame, type WatchFrame } from './parse-event.ts';
import type { Skips } from './skips.ts';
import type { SourceMetrics } from './source-metrics.ts';

export interface FrameContext {
  readonly envelope: Envelope;
  /** The position before these frames. */
  readonly position: string;
  /** The position at which a frame that is not JSON was already read again. */
  readonly corruptAfter: string | undefined;
  readonly expiry: ExpiryClassifier;
  readonly skips: Skips;
  readonly metrics: SourceMetrics;
}

export interface DecodedFrames {
  readonly records: readonly EventRecord[];
  /** Of events that did not expire, each under the resourceVersion of its end. */
  readonly deletions: readonly EventRecord[];
  /** The newest resourceVersion seen: a frame out of order never moves it back. */
  readonly position: string;
  readonly breaks: readonly Break[];
  /** Why the watch cannot go on behind these frames: the server's Status, or bytes that are not JSON. */
  readonly failure: AppError | undefined;
}

export function decodeFrames(pieces: readonly Piece[], context: FrameContext): DecodedFrames {
  const decoder = new FrameDecoder(context);
  for (const piece of pieces) if (!decoder.take(piece)) break;
  return decoder.finish();
}

class FrameDecoder {
  readonly #context: FrameContext;
  readonly #records: EventRecord[] = [];
  readonly #deletions: EventRecord[] = [];
  readonly #breaks: Break[] = [];
  readonly #frames = new Map<WatchFrame['type'], number>();
  readonly #deleteClasses = new Map<DeleteClass, number>();
  #position: string;
  #failure: AppError | undefined;

  constructor(context: FrameContext) {
    this.#context = context;
    this.#position = context.position;
  }

  /** False when nothing behind this frame may be read. */
  take(piece: Piece): boolean {
    const { skips, envelope } = this.#context;
    if (!Buffer.isBuffer(piece)) {
      this.#breaks.push(skips.oversized(piece, envelope.receivedAt));
      const { resourceVersion } = parseHead(piece.head);
      if (resourceVersion !== undefined) this.#seen(resourceVersion);
      return true;
    }
    try {
      this.#apply(parseWatchFrame(piece));
    } catch (error) {
      this.#skip(error);
    }
    return this.#failure === undefined;
  }

  finish(): DecodedFrames {
    const { metrics } = this.#context;
    for (const [type, count] of this.#frames) metrics.frames(type, count);
    for (const [deleteClass, count] of this.#deleteClasses) metrics.deleted(deleteClass, count);
    return {
      records: this.#records,
      deletions: this.#deletions,
      position: this.#position,
      breaks: this.#breaks,
      failure: this.#failure,
    };
  }

  #apply(frame: WatchFrame): void {
    this.#frames.set(frame.type, (this.#frames.get(frame.type) ?? 0) + 1);
    if (frame.type === 'BOOKMARK') return this.#seen(frame.resourceVersion);
    if (frame.type === 'ERROR') {
      this.#failure = new ApiStatusError('watch events', { status: frame.status.code ?? 500, body: frame.status });
      return;
    }
    const { envelope, expiry } = this.#context;
    this.#seen(frame.event.metadata.resourceVersion);
    if (frame.type === 'DELETED') {
      const deleteClass = expiry.classify(envelope.receivedAt, lastWritten(frame.event));
      this.#deleteClasses.set(deleteClass, (this.#deleteClasses.get(deleteClass) ?? 0) + 1);
      // What may have expired is not hidden.
      if (deleteClass === 'deleted') this.#deletions.push(eventRecord(frame.event, envelope));
    } else this.#records.push(eventRecord(frame.event, envelope));
  }

  /**
   * Bytes that are not JSON were damaged on the way, by a proxy for instance: the watch is begun again from before them,
   * so that the server sends them anew. Only what arrives damaged twice, or is JSON but no event, is skipped. Listing
   * again would not bring back more: the list has the same event, and would hide the revisions in between.
   */
  #skip(error: unknown): void {
    const { skips, envelope, corruptAfter } = this.#context;
    const isDamaged = error instanceof AppError && error.cause instanceof SyntaxError;
    if (isDamaged && corruptAfter !== this.#position) this.#failure = error;
    else this.#breaks.push(skips.invalid(messageOf(error), envelope.receivedAt));
  }

  #seen(resourceVersion: string): void {
    if (compareResourceVersions(resourceVersion, this.#position) > 0) this.#position = resourceVersion;
  }
}

/**
 * About when the event was last written, never later: what its reporter's clock was ahead of the API server's when it was
 * created does not count. An event from a node whose clock runs ahead would else look too young to have expired.
 */
function lastWritten(event: Event): number | undefined {
  const seen = lastSeen(event);
  const created = parseTimestamp(event.metadata.creationTimestamp);
  const first = firstSeen(event);
  if (seen === undefined || created === undefined || first === undefined) return seen;
  return seen - Math.max(0, first - created);
}
