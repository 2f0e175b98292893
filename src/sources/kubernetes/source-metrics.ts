import type { BreakCause } from '../../core/coverage.ts';
import type { DeleteClass } from './expiry-classifier.ts';
import type { WatchFrame } from './parse-event.ts';

/** What a source counts, all for one cluster. */
export interface SourceMetrics {
  /** Bytes of a list's or watch's body, after decompression. */
  received(bytes: number): void;
  frames(type: WatchFrame['type'], count: number): void;
  /** A frame or an item of a list that cannot be stored. */
  skipped(cause: 'invalid' | 'oversized'): void;
  /** A list was read to its end. */
  listed(): void;
  watchStarted(): void;
  deleted(deleteClass: DeleteClass, count: number): void;
  /** A break was entered in the coverage ledger. */
  broke(cause: BreakCause): void;
}
