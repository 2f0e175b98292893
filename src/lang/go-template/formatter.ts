/**
 * Formats single values into a growing text as Go's `fmt` does, by the flags, width and precision of one directive.
 * https://pkg.go.dev/fmt#hdr-Printing
 */
import { type FloatFormat, formatFloat } from './float-format.ts';
import { canBackquote, isPrint, quote, quoteRune } from './go-quote.ts';
import { fromRune, RUNE_ERROR, runeCount, toBytes } from './go-string.ts';

/** What stands between the percent sign and the verb. */
export interface Flags {
  width: number | undefined;
  precision: number | undefined;
  minus: boolean;
  plus: boolean;
  sharp: boolean;
  space: boolean;
  zero: boolean;
  /** The plus of %+v: names of fields. */
  plusV: boolean;
  /** The sharp of %#v: Go syntax. */
  sharpV: boolean;
}

const noFlags = (): Flags => ({
  width: undefined,
  precision: undefined,
  minus: false,
  plus: false,
  sharp: false,
  space: false,
  zero: false,
  plusV: false,
  sharpV: false,
});

const MAX_RUNE = 0x10ffffn;

/** What is too large to be a character becomes U+FFFD. */
const runeOf = (value: bigint): number => (value < 0n || value > MAX_RUNE ? RUNE_ERROR : Number(value));

export class Formatter {
  flags = noFlags();
  #text = '';
  readonly #maxLength: number;

  /** Throws a RangeError when more than that many UTF-16 units are written. */
  constructor(maxLength: number) {
    this.#maxLength = maxLength;
  }

  get text(): string {
    return this.#text;
  }

  clearFlags(): void {
    this.flags = noFlags();
  }

  write(text: string): void {
    this.#text += text;
    if (this.#text.length > this.#maxLength) throw new RangeError(`text is longer than ${this.#maxLength} characters`);
  }

  /** With spaces, or zeros when asked for, up to the width. */
  pad(text: string, zero = this.flags.zero): void {
    const { width, minus } = this.flags;
    if (width === undefined || width === 0) return this.write(text);
    const missing = Math.max(width - runeCount(text), 0);
    this.write(minus ? text + ' '.repeat(missing) : (zero ? '0' : ' ').repeat(missing) + text);
  }

  boolean(value: boolean): void {
    this.pad(String(value));
  }

  /** Zeros that a width asks for count as digits, and those of a precision replace them. */
  integer(value: bigint, base: number, prefix: string, uppercase = false): void {
    const { width, precision, minus, zero } = this.flags;
    if (precision === 0 && value === 0n) return this.pad('', false);
    const negative = value < 0n;
    const digits = (negative ? -value : value).toString(base);
    const sign = this.#sign(negative);
    const least = precision ?? (zero && !minus ? (width ?? 0) - sign.length : 0);
    const padded = digits.padStart(least, '0');
    // The 0 that marks an octal number is already there when zeros were added.
    const mark = prefix.endsWith('0') && padded.startsWith('0') ? prefix.slice(0, -1) : prefix;
    const text = mark + padded;
    this.pad(sign + (uppercase ? text.toUpperCase() : text), false);
  }

  /** The sign, or what the flags put in its place. */
  #sign(negative: boolean): string {
    const { plus, space } = this.flags;
    return negative ? '-' : plus ? '+' : space ? ' ' : '';
  }

  /** U+0078, and with the sharp flag U+0078 'x'. */
  unicode(value: bigint): void {
    const code = BigInt.asUintN(64, value);
    const digits = code
      .toString(16)
      .toUpperCase()
      .padStart(Math.max(this.flags.precision ?? 0, 4), '0');
    const shown = this.flags.sharp && code <= MAX_RUNE && isPrint(Number(code));
    this.pad(`U+${digits}${shown ? ` '${fromRune(Number(code))}'` : ''}`, false);
  }

  character(value: bigint): void {
    this.pad(fromRune(runeOf(value)));
  }

  quotedCharacter(value: bigint): void {
    this.pad(quoteRune(runeOf(value), this.flags.plus));
  }

  string(text: string): void {
    this.pad(this.#truncated(text));
  }

  quoted(text: string): void {
    const cut = this.#truncated(text);
    this.pad(this.flags.sharp && canBackquote(cut) ? `\`${cut}\`` : quote(cut, this.flags.plus));
  }

  /** The precision of a string is its length in runes. */
  #truncated(text: string): string {
    const { precision } = this.flags;
    if (precision === undefined || text.length <= precision) return text;
    let end = 0;
    let count = 0;
    for (const character of text) {
      if (count++ === precision) return text.slice(0, end);
      end += character.length;
    }
    return text;
  }

  hexString(value: string | Uint8Array, uppercase: boolean): void {
    const { precision, sharp, space, width, minus } = this.flags;
    const bytes = typeof value === 'string' ? toBytes(value) : value;
    const pairs = Array.from(bytes.subarray(0, precision), (byte) => byte.toString(16).padStart(2, '0'));
    const mark = sharp && pairs.length > 0 ? '0x' : '';
    const text = mark + pairs.join(space ? ` ${mark}` : '');
    // Each byte is two digits: the width counts what is written, which is ASCII.
    const missing = Math.max((width ?? 0) - text.length, 0);
    const filler = (this.flags.zero && !minus ? '0' : ' ').repeat(missing);
    const cased = uppercase ? text.toUpperCase() : text;
    this.write(minus ? cased + filler : filler + cased);
  }

  float(value: number, bits: 32 | 64, format: FloatFormat, precision: number | undefined): void {
    const { sharp, zero, minus, width } = this.flags;
    const wanted = this.flags.precision ?? precision;
    const text = formatFloat(value, format, wanted, bits);
    const signed = /^[+-]/.test(text) ? text : `+${text}`;
    const sign = this.#sign(signed.startsWith('-'));
    const digits = signed.slice(1);
    // What does not look like a number is not padded with zeros, and an infinity always has a sign.
    if (digits === 'NaN' || digits === 'Inf')
      return this.pad((sign === '' && digits === 'Inf' ? '+' : sign) + digits, false);
    const magnitude = sharp && format !== 'b' ? withPoint(digits, format, wanted) : digits;
    // Zeros go between the sign and the digits.
    const filled = zero && !minus && sign !== '' ? magnitude.padStart((width ?? 0) - 1, '0') : magnitude;
    this.pad(sign + filled);
  }
}

/** %#g and its like keep the decimal point and the zeros that make up the precision. */
function withPoint(text: string, format: FloatFormat, precision: number | undefined): string {
  const isHex = format === 'x' || format === 'X';
  const at = text.search(isHex ? /[pP]/ : /[eEpP]/);
  const [digits, tail] = at < 0 ? [text, ''] : [text.slice(0, at), text.slice(at)];
  let missing = format === 'g' || format === 'G' || format === 'x' ? (precision ?? 6) : 0;
  missing -= significantDigits(digits);
  if (digits.includes('.')) return digits + '0'.repeat(Math.max(missing, 0)) + tail;
  // A lone zero is one of the digits.
  if (digits === '0') missing--;
  return `${digits}.${'0'.repeat(Math.max(missing, 0))}${tail}`;
}

/** Digits from the first that is not zero on; of %x, its x counts as one, as it does in Go. */
function significantDigits(digits: string): number {
  const counted = digits.replace('.', '');
  const first = counted.search(/[^0]/);
  return first < 0 ? 0 : counted.length - first;
}
