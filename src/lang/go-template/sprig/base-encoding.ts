/**
 * Base64 and base32 as Go reads and writes them, with where the input went wrong: https://pkg.go.dev/encoding/base64,
 * https://pkg.go.dev/encoding/base32
 */
import { toBytes } from '../go-string.ts';
import { GoError } from '../value.ts';

export class CorruptInput extends GoError {
  constructor(encoding: 'base32' | 'base64', at: number) {
    super(`illegal ${encoding} data at input byte ${at}`);
  }
}

const isLineBreak = (character: string | undefined): boolean => character === '\n' || character === '\r';

/** One character a byte, so that places in it are the places that messages name. */
const byteText = (text: string): string => Buffer.from(toBytes(text)).toString('latin1');

export const encodeBase64 = (bytes: Uint8Array): string => Buffer.from(bytes).toString('base64');

/** Line breaks are skipped, everything else that does not belong is refused. */
export function decodeBase64(text: string): Uint8Array {
  const input = byteText(text);
  let digits = '';
  for (let at = 0; at < input.length; at++) {
    const character = input[at] ?? '';
    if (character === '=') {
      checkPadding(input, at, digits.length % 4);
      break;
    }
    if (/[A-Za-z0-9+/]/.test(character)) digits += character;
    else if (!isLineBreak(character)) throw new CorruptInput('base64', at);
    if (at === input.length - 1 && digits.length % 4 > 0)
      throw new CorruptInput('base64', at + 1 - (digits.length % 4));
  }
  return Buffer.from(digits, 'base64');
}

/** `at` is the first sign of the padding behind that many digits of a group. */
function checkPadding(input: string, at: number, digits: number): void {
  let end = at + 1;
  const skipLineBreaks = (): void => {
    while (isLineBreak(input[end])) end++;
  };
  if (digits < 2) throw new CorruptInput('base64', at);
  if (digits === 2) {
    skipLineBreaks();
    if (end === input.length) throw new CorruptInput('base64', end);
    if (input[end] !== '=') throw new CorruptInput('base64', end - 1);
    end++;
  }
  skipLineBreaks();
  if (end < input.length) throw new CorruptInput('base64', end);
}

const BASE32 = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';

export function encodeBase32(bytes: Uint8Array): string {
  let output = '';
  let bits = 0;
  let buffer = 0;
  for (const byte of bytes) {
    buffer = ((buffer & 0x1f) << 8) | byte;
    for (bits += 8; bits >= 5; bits -= 5) output += BASE32[(buffer >> (bits - 5)) & 31];
  }
  if (bits > 0) output += BASE32[(buffer << (5 - bits)) & 31];
  return output.padEnd(Math.ceil(output.length / 8) * 8, '=');
}

/** How many digits of a group of eight stand before a padding. */
const PADDED_DIGITS = [2, 4, 5, 7];

export function decodeBase32(text: string): Uint8Array {
  const input = byteText(text).replace(/[\r\n]/g, '');
  const bytes: number[] = [];
  let bits = 0;
  let buffer = 0;
  let at = 0;
  for (; at < input.length; at++) {
    const character = input[at] ?? '';
    if (character === '=' && at % 8 >= 2 && input.length - at <= 8) {
      checkBase32Padding(input, at);
      return Uint8Array.from(bytes);
    }
    const digit = BASE32.indexOf(character);
    if (digit < 0) throw new CorruptInput('base32', at);
    buffer = ((buffer & 0x7f) << 5) | digit;
    bits += 5;
    if (bits >= 8) {
      bits -= 8;
      bytes.push((buffer >> bits) & 0xff);
    }
  }
  if (at % 8 > 0) throw new CorruptInput('base32', at - (at % 8));
  return Uint8Array.from(bytes);
}

function checkBase32Padding(input: string, at: number): void {
  const digits = at % 8;
  const behind = input.slice(at + 1);
  if (behind.length + digits < 7) throw new CorruptInput('base32', input.length);
  const wrong = behind.slice(0, 7 - digits).search(/[^=]/);
  if (wrong >= 0) throw new CorruptInput('base32', at + wrong);
  if (!PADDED_DIGITS.includes(digits)) throw new CorruptInput('base32', at);
}
