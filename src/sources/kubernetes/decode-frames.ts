/** The frames that arrived together -> what is to be committed together. */
import type { Break } from '../../core/coverage.ts';
import { AppError, messageOf } from '../../core/errors.ts';
import { type Envelope, type EventRecord, eventRecord } from '../../core/record.ts';
import { compareResourceVersions } from '../../core/resource-version.ts';
import { lastSeen } from '../../core/time.ts';
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
  readonly #breaks: Break[] = [];
  readonly #frames = new Map<WatchFrame['type'], number>();
  readonly #deletes = new Map<DeleteClass, number>();
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
    for (const [deleteClass, count] of this.#deletes) metrics.deleted(deleteClass, count);
    return { records: this.#records, position: this.#position, breaks: this.#breaks, failure: this.#failure };
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
      const deleteClass = expiry.classify(envelope.receivedAt, lastSeen(frame.event));
      this.#deletes.set(deleteClass, (this.#deletes.get(deleteClass) ?? 0) + 1);
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
