/**
 * The body of a watch: one JSON object a line.
 * https://kubernetes.io/docs/reference/using-api/api-concepts/#efficient-detection-of-changes
 */
import { HeldBytes, MAX_FRAME_BYTES, type Piece } from './held-bytes.ts';

const NEWLINE = 0x0a;

/** Cuts a stream into its lines. Holds at most one incomplete line; a line above the limit is skipped, not buffered. */
export class FrameSplitter {
  readonly #held: HeldBytes;

  constructor(limit: number = MAX_FRAME_BYTES) {
    this.#held = new HeldBytes(limit);
  }

  /** The lines that end in this chunk, without their newlines; empty ones are left out. They share its memory. */
  push(chunk: Buffer): Piece[] {
    const frames: Piece[] = [];
    let from = 0;
    for (let end = chunk.indexOf(NEWLINE); end !== -1; end = chunk.indexOf(NEWLINE, from)) {
      if (end > from || this.#held.size > 0) frames.push(this.#held.take(chunk.subarray(from, end)));
      from = end + 1;
    }
    if (from < chunk.length) this.#held.hold(chunk.subarray(from));
    return frames;
  }

  /** How many bytes of an incomplete line have been seen. */
  get incomplete(): number {
    return this.#held.size;
  }
}
