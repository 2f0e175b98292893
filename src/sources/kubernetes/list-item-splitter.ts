/**
 * The body of a list, cut into its items as they arrive: a page of 10,000 events is 12 MB, and parsing it whole would
 * stop everything else for as long as that takes. Works on bytes: no byte of a UTF-8 sequence looks like JSON's
 * punctuation.
 */
import { AppError } from '../../core/errors.ts';
import { isResourceVersion } from '../../core/resource-version.ts';
import { HeldBytes, MAX_FRAME_BYTES, type Piece } from './held-bytes.ts';

export interface ListMetadata {
  readonly resourceVersion: string;
  /** For the next page; absent on the last. */
  readonly continue?: string;
}

/** What the bytes now passing by are part of. */
type Capture = 'nothing' | 'key' | 'metadata' | 'item';

const QUOTE = 0x22;
const COMMA = 0x2c;
const COLON = 0x3a;
const OPEN_BRACKET = 0x5b;
const BACKSLASH = 0x5c;
const CLOSE_BRACKET = 0x5d;
const OPEN_BRACE = 0x7b;
const CLOSE_BRACE = 0x7d;
const SPACE = 0x20;

/** What a byte outside of a string is. */
const OTHER = 0;
const QUOTE_MARK = 1;
const OPENING = 2;
const CLOSING = 3;
const SEPARATOR = 4;
const ROLES = new Uint8Array(256);
ROLES[QUOTE] = QUOTE_MARK;
for (const byte of [OPEN_BRACE, OPEN_BRACKET]) ROLES[byte] = OPENING;
for (const byte of [CLOSE_BRACE, CLOSE_BRACKET]) ROLES[byte] = CLOSING;
for (const byte of [COMMA, COLON]) ROLES[byte] = SEPARATOR;

export class ListItemSplitter {
  readonly #held: HeldBytes;
  #capture: Capture = 'nothing';
  #depth = 0;
  #inString = false;
  #escaped = false;
  /** The key of the top-level field now passing by. */
  #key: unknown;
  #metadata: Piece | undefined;
  #complete = false;

  constructor(limit: number = MAX_FRAME_BYTES) {
    this.#held = new HeldBytes(limit);
  }

  /** The items that end in this chunk, in their order. They may share its memory. */
  push(chunk: Buffer): Piece[] {
    const items: Piece[] = [];
    let from = 0;
    for (let at = 0; at < chunk.length && !this.#complete; at++) {
      if (this.#inString) at = this.#skipString(chunk, at);
      const byte = chunk[at] ?? SPACE;
      const role = ROLES[byte];
      if (role === OTHER) continue;
      if (role === QUOTE_MARK) this.#inString = !this.#inString;
      else if (role === OPENING) {
        this.#depth++;
        if (this.#opens(byte)) from = at + 1;
      } else {
        if (this.#ends(byte)) {
          this.#finish(chunk.subarray(from, at), items);
          this.#next(byte);
          from = at + 1;
        }
        if (role === CLOSING) this.#complete = --this.#depth <= 0;
      }
    }
    if (this.#capture !== 'nothing') this.#held.hold(chunk.subarray(from));
    return items;
  }

  /** The list's metadata, once everything was pushed; `resource` is what was listed, for people. Throws API_REQUEST_FAILED when the body was not a whole list. */
  end(resource: string): ListMetadata {
    const found = this.#complete && Buffer.isBuffer(this.#metadata) ? parseOrUndefined(this.#metadata) : undefined;
    const { resourceVersion, continue: next } = (found ?? {}) as Record<string, unknown>;
    if (!isResourceVersion(resourceVersion)) {
      throw new AppError(
        'API_REQUEST_FAILED',
        `list ${resource}: found ${this.#complete ? 'a body without a numeric metadata.resourceVersion' : 'a body that breaks off'}, want a whole list`,
      );
    }
    return { resourceVersion, ...(typeof next === 'string' && next !== '' && { continue: next }) };
  }

  /** Where the string ends: at its closing quote, or with the chunk. */
  #skipString(chunk: Buffer, from: number): number {
    let escaped = this.#escaped;
    let at = from;
    for (; at < chunk.length; at++) {
      const byte = chunk[at];
      if (escaped) escaped = false;
      else if (byte === BACKSLASH) escaped = true;
      else if (byte === QUOTE) break;
    }
    this.#escaped = escaped;
    return at;
  }

  /** Whether something to capture begins behind this bracket. */
  #opens(byte: number): boolean {
    if (this.#depth === 1) this.#capture = 'key';
    else if (this.#depth === 2 && byte === OPEN_BRACKET && this.#key === 'items') this.#capture = 'item';
    else return false;
    return true;
  }

  /** Whether a top-level key, a top-level value or an item ends before this byte. */
  #ends(byte: number): boolean {
    if (this.#depth === 1) return byte !== CLOSE_BRACKET;
    return this.#depth === 2 && this.#capture === 'item' && byte !== COLON;
  }

  #finish(last: Buffer, items: Piece[]): void {
    if (this.#capture === 'nothing') return;
    const piece = this.#held.take(last);
    if (this.#capture === 'item') {
      if (!isBlank(piece)) items.push(piece);
    } else if (this.#capture === 'metadata') this.#metadata = piece;
    else this.#key = Buffer.isBuffer(piece) ? parseOrUndefined(piece) : undefined;
  }

  /** What follows the byte that ended something. */
  #next(byte: number): void {
    if (byte === COLON) this.#capture = this.#key === 'metadata' ? 'metadata' : 'nothing';
    else if (byte === COMMA) this.#capture = this.#depth === 1 ? 'key' : 'item';
    else this.#capture = 'nothing';
  }
}

/** An empty array has one item of nothing but white space. */
function isBlank(piece: Piece): boolean {
  return Buffer.isBuffer(piece) && piece.every((byte) => byte <= SPACE);
}

function parseOrUndefined(bytes: Buffer): unknown {
  try {
    return JSON.parse(bytes.toString());
  } catch {
    return undefined;
  }
}
