/**
 * Go strings in JavaScript strings. A Go string is bytes, usually UTF-8; a byte that is not part of valid UTF-8 is kept as
 * a lone surrogate U+DC00 + byte (U+DC80 … U+DCFF), as Python's `surrogateescape` does, so that every Go string has its
 * own JavaScript string and back. Iterating by code point visits what Go's `range` visits: such a surrogate is one rune,
 * U+FFFD of width 1. Lengths and indices here count bytes, as Go's do.
 *
 * https://go.dev/ref/spec#String_types, https://peps.python.org/pep-0383/
 */
import { isUtf8 } from 'node:buffer';

/** What Go reads from a byte that is not valid UTF-8. */
export const RUNE_ERROR = 0xfffd;

const ESCAPED_BYTES = /[\udc80-\udcff]/gu;

const isEscapedByte = (code: number): boolean => code >= 0xdc80 && code <= 0xdcff;

/** `len(s)`. */
export function utf8Length(text: string): number {
  const length = Buffer.byteLength(text, 'utf8');
  // An escaped byte was counted as the three bytes of a replacement character.
  return text.isWellFormed() ? length : length - 2 * (text.match(ESCAPED_BYTES)?.length ?? 0);
}

/** `[]byte(s)`. */
export function toBytes(text: string): Uint8Array {
  if (text.isWellFormed()) return Buffer.from(text, 'utf8');
  const bytes = Buffer.alloc(utf8Length(text));
  let length = 0;
  for (const character of text) {
    const code = character.codePointAt(0) ?? 0;
    if (isEscapedByte(code)) bytes[length++] = code - 0xdc00;
    else length += bytes.write(character, length, 'utf8');
  }
  return bytes;
}

/** `string(bytes)`. */
export function fromBytes(bytes: Uint8Array): string {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (isUtf8(buffer)) return buffer.toString('utf8');
  let text = '';
  for (let at = 0; at < buffer.length; ) {
    const width = runeWidth(buffer, at);
    text += width === 0 ? String.fromCharCode(0xdc00 + (buffer[at] ?? 0)) : buffer.toString('utf8', at, at + width);
    at += width || 1;
  }
  return text;
}

/** The width of the valid UTF-8 sequence at an offset, 0 when there is none. */
function runeWidth(bytes: Buffer, at: number): number {
  const lead = bytes[at] ?? 0;
  if (lead < 0x80) return 1;
  const width = lead >= 0xf0 ? 4 : lead >= 0xe0 ? 3 : 2;
  return lead >= 0xc2 && at + width <= bytes.length && isUtf8(bytes.subarray(at, at + width)) ? width : 0;
}

/**
 * The one form of a string that was put together from parts: escaped bytes that are valid UTF-8 now that they are
 * neighbours become the character they spell.
 */
export const joined = (text: string): string => (text.isWellFormed() ? text : fromBytes(toBytes(text)));

/** `s[from:to]`; the bounds were checked by the caller. */
export function byteSlice(text: string, from: number, to: number): string {
  if (Buffer.byteLength(text, 'utf8') === text.length) return text.slice(from, to);
  return fromBytes(toBytes(text).subarray(from, to));
}

/** `s[index]`; the bound was checked by the caller. */
export function byteAt(text: string, index: number): number {
  return toBytes(text)[index] ?? 0;
}

/** `utf8.RuneCountInString(s)`. */
export function runeCount(text: string): number {
  let count = 0;
  for (const _ of text) count++;
  return count;
}

/** The runes of a string as numbers, `[]rune(s)`. */
export function toRunes(text: string): number[] {
  return Array.from(text, (character) => {
    const code = character.codePointAt(0) ?? 0;
    return isSurrogate(code) ? RUNE_ERROR : code;
  });
}

/** `string(rune)`: what is no character becomes U+FFFD. */
export function fromRune(rune: number): string {
  return rune < 0 || rune > 0x10ffff || isSurrogate(rune) ? '\ufffd' : String.fromCodePoint(rune);
}

export const isSurrogate = (code: number): boolean => code >= 0xd800 && code <= 0xdfff;

/** Below 0, 0 or above 0, as Go orders strings: by bytes, where JavaScript's operators compare UTF-16 units. */
export function compareStrings(left: string, right: string): number {
  if (left === right) return 0;
  const end = Math.min(left.length, right.length);
  let at = 0;
  while (at < end && left.charCodeAt(at) === right.charCodeAt(at)) at++;
  if (at === end) return left.length - right.length;
  const [leftUnit, rightUnit] = [left.charCodeAt(at), right.charCodeAt(at)];
  // Below the surrogates the order of units is the order of bytes.
  if (leftUnit < 0xd800 && rightUnit < 0xd800) return leftUnit - rightUnit;
  return Buffer.compare(toBytes(left), toBytes(right));
}
