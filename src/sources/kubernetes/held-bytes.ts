/** The one incomplete piece of a stream: a frame of a watch or an item of a list, cut off at the end of a chunk. */

/** A frame or item above this is skipped. etcd takes objects up to 1.5 MiB: https://etcd.io/docs/v3.6/dev-guide/limit/ */
export const MAX_FRAME_BYTES = 4 * 1024 * 1024;

/** Enough for a frame's metadata up to its resourceVersion: names have at most 253 characters. */
const HEAD_BYTES = 1024;
const FIRST_CAPACITY = 4 * 1024;
/** What is kept allocated between pieces. */
const KEPT_CAPACITY = 64 * 1024;

/** What is left of a piece that was skipped because of its size. */
export interface Oversized {
  readonly size: number;
  /** Its first bytes. */
  readonly head: Buffer;
}

export type Piece = Buffer | Oversized;

const EMPTY = Buffer.alloc(0);

export class HeldBytes {
  readonly #limit: number;
  #buffer: Buffer = EMPTY;
  /** How much of the buffer is in use. */
  #length = 0;
  /** How much was given, held or not. */
  #size = 0;

  constructor(limit: number) {
    this.#limit = limit;
  }

  /** How much of the incomplete piece has been seen. */
  get size(): number {
    return this.#size;
  }

  /** Copies bytes of the incomplete piece; beyond the limit only the first of them are kept. */
  hold(bytes: Buffer): void {
    this.#size += bytes.length;
    if (this.#size > this.#limit) {
      const missing = Math.max(0, HEAD_BYTES - this.#length);
      this.#buffer = Buffer.concat([
        this.#buffer.subarray(0, Math.min(this.#length, HEAD_BYTES)),
        bytes.subarray(0, missing),
      ]);
      this.#length = this.#buffer.length;
      return;
    }
    this.#reserve(this.#size);
    bytes.copy(this.#buffer, this.#length);
    this.#length = this.#size;
  }

  /** Completes the piece with its last bytes, and begins the next. A piece of which nothing is held is not copied. */
  take(last: Buffer): Piece {
    const size = this.#size + last.length;
    if (size > this.#limit) this.hold(last);
    const held = this.#buffer.subarray(0, this.#length);
    const piece =
      size > this.#limit ? { size, head: Buffer.from(held) } : held.length === 0 ? last : Buffer.concat([held, last]);
    this.#length = 0;
    this.#size = 0;
    if (this.#buffer.length > KEPT_CAPACITY) this.#buffer = EMPTY;
    return piece;
  }

  #reserve(needed: number): void {
    if (needed <= this.#buffer.length) return;
    const grown = Buffer.allocUnsafe(Math.max(FIRST_CAPACITY, needed, this.#buffer.length * 2));
    this.#buffer.copy(grown, 0, 0, this.#length);
    this.#buffer = grown;
  }
}
