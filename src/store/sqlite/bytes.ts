/** Compact numbers and strings in a row's body. All integers are safe ones, so nothing is rounded. */
import { AppError } from '../../core/errors.ts';
import { DASH, hexValue, isKind } from './characters.ts';

export class ByteWriter {
  #buffer = Buffer.allocUnsafe(16_384);
  #length = 0;

  clear(): void {
    this.#length = 0;
  }

  byte(value: number): void {
    this.#reserve(1);
    this.#buffer[this.#length++] = value;
  }

  /** Not negative; seven bits a byte, the lowest first, the high bit set on all but the last. */
  varint(value: number): void {
    this.#reserve(8);
    let rest = value;
    while (rest >= 0x80) {
      this.#buffer[this.#length++] = (rest % 0x80) + 0x80;
      rest = Math.floor(rest / 0x80);
    }
    this.#buffer[this.#length++] = rest;
  }

  /** As a varint whose lowest bit is the sign. */
  signed(value: number): void {
    const magnitude = Math.abs(value);
    const rest = Math.floor(magnitude / 0x40);
    this.byte((magnitude % 0x40) * 2 + (value < 0 ? 1 : 0) + (rest > 0 ? 0x80 : 0));
    if (rest > 0) this.varint(rest);
  }

  uint32(value: number): void {
    this.#reserve(4);
    this.#length = this.#buffer.writeUInt32BE(value, this.#length);
  }

  bytes(value: Uint8Array): void {
    this.#reserve(value.length);
    this.#buffer.set(value, this.#length);
    this.#length += value.length;
  }

  /** An even number of hexadecimal digits in lower case, two a byte. Dashes among them are left out. */
  hex(digits: string): void {
    this.#reserve(digits.length / 2);
    for (let index = 0; index < digits.length; index += 2) {
      if (isKind(digits, index, DASH)) index++;
      this.#buffer[this.#length++] = hexValue(digits, index) * 16 + hexValue(digits, index + 1);
    }
  }

  /** Well-formed text, its length before it. */
  text(value: string): void {
    const length = Buffer.byteLength(value);
    this.varint(length);
    this.#reserve(length);
    this.#length += this.#buffer.write(value, this.#length);
  }

  /** What was written, valid until the next write. */
  written(): Uint8Array {
    return this.#buffer.subarray(0, this.#length);
  }

  #reserve(count: number): void {
    if (this.#length + count <= this.#buffer.length) return;
    const grown = Buffer.allocUnsafe(2 * (this.#length + count));
    this.#buffer.copy(grown, 0, 0, this.#length);
    this.#buffer = grown;
  }
}

/** Reads what {@link ByteWriter} wrote; throws STORE_DAMAGED where it ends too early. */
export class ByteReader {
  readonly #buffer: Buffer;
  #offset = 0;

  constructor(buffer: Buffer) {
    this.#buffer = buffer;
  }

  get remaining(): number {
    return this.#buffer.length - this.#offset;
  }

  byte(): number {
    const value = this.#buffer[this.#offset++];
    if (value === undefined) throw endsEarly();
    return value;
  }

  varint(): number {
    let value = 0;
    let scale = 1;
    for (;;) {
      const byte = this.byte();
      if (byte < 0x80) return value + byte * scale;
      value += (byte - 0x80) * scale;
      scale *= 0x80;
    }
  }

  signed(): number {
    const first = this.byte();
    const low = (first & 0x7e) >> 1;
    const magnitude = first < 0x80 ? low : low + 0x40 * this.varint();
    return (first & 1) === 1 ? -magnitude : magnitude;
  }

  uint32(): number {
    if (this.remaining < 4) throw endsEarly();
    const value = this.#buffer.readUInt32BE(this.#offset);
    this.#offset += 4;
    return value;
  }

  bytes(count: number): Buffer {
    if (this.remaining < count) throw endsEarly();
    const value = this.#buffer.subarray(this.#offset, this.#offset + count);
    this.#offset += count;
    return value;
  }

  text(): string {
    return this.bytes(this.varint()).toString();
  }
}

function endsEarly(): AppError {
  return new AppError('STORE_DAMAGED', 'read a stored event: found bytes that end too early, want a whole event');
}
