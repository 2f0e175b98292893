/** Go's string and character literals, read and written as https://pkg.go.dev/strconv does. */
import { fromBytes, fromRune, isSurrogate, joined, RUNE_ERROR } from './go-string.ts';
import { GoError } from './value.ts';

const PRINTABLE = /^[\p{L}\p{M}\p{N}\p{P}\p{S} ]$/u;

/** `strconv.IsPrint`: letters, marks, numbers, punctuation, symbols and the space. */
export function isPrint(rune: number): boolean {
  if (rune < 0x7f) return rune >= 0x20;
  return rune <= 0x10ffff && !isSurrogate(rune) && PRINTABLE.test(String.fromCodePoint(rune));
}

const SHORT_ESCAPES: Readonly<Record<string, string>> = {
  '\x07': '\\a',
  '\b': '\\b',
  '\f': '\\f',
  '\n': '\\n',
  '\r': '\\r',
  '\t': '\\t',
  '\v': '\\v',
  '\\': '\\\\',
};

const NOTHING_TO_ESCAPE = /^[ !#-[\]-~]*$/;

/** `strconv.Quote`, and `strconv.QuoteToASCII` with `ascii`. */
export function quote(text: string, ascii = false): string {
  if (NOTHING_TO_ESCAPE.test(text)) return `"${text}"`;
  let quoted = '"';
  for (const character of text) quoted += escape(character, '"', ascii);
  return `${quoted}"`;
}

/** `strconv.QuoteRune`, and `strconv.QuoteRuneToASCII` with `ascii`. */
export const quoteRune = (rune: number, ascii = false): string => `'${escape(fromRune(rune), "'", ascii)}'`;

const hex = (value: number, digits: number): string => value.toString(16).padStart(digits, '0');

function escape(character: string, mark: string, ascii: boolean): string {
  if (character === mark) return `\\${mark}`;
  const short = SHORT_ESCAPES[character];
  if (short !== undefined) return short;
  const code = character.codePointAt(0) ?? 0;
  if (isSurrogate(code)) return `\\x${hex(code & 0xff, 2)}`;
  if (ascii ? code >= 0x20 && code < 0x7f : isPrint(code)) return character;
  if (code < 0x20 || code === 0x7f) return `\\x${hex(code, 2)}`;
  return code < 0x10000 ? `\\u${hex(code, 4)}` : `\\U${hex(code, 8)}`;
}

/** `strconv.CanBackquote`: no control character but the tab, no backquote, no byte that is not UTF-8. */
export function canBackquote(text: string): boolean {
  // oxlint-disable-next-line no-control-regex -- control characters are what is looked for
  return text.isWellFormed() && !/[\x00-\x08\x0a-\x1f\x7f`\ufeff]/.test(text);
}

const LETTER_ESCAPES: Readonly<Record<string, number>> = {
  a: 7,
  b: 8,
  f: 12,
  n: 10,
  r: 13,
  t: 9,
  v: 11,
  '\\': 92,
};

const NUMERIC_ESCAPE = /x([0-9a-fA-F]{2})|u([0-9a-fA-F]{4})|U([0-9a-fA-F]{8})|([0-7]{3})/y;

const syntaxError = (): GoError => new GoError('invalid syntax');

/** One character of a literal: a rune, or a byte when it was written as one. */
interface LiteralCharacter {
  readonly code: number;
  readonly isByte: boolean;
  readonly end: number;
}

/** `strconv.UnquoteChar` at an offset of a literal that is quoted with the mark. */
export function unquoteCharacter(literal: string, at: number, mark: string): LiteralCharacter {
  const code = literal.codePointAt(at);
  if (code === undefined || literal[at] === mark) throw syntaxError();
  if (literal[at] !== '\\') {
    return { code: isSurrogate(code) ? RUNE_ERROR : code, isByte: false, end: at + (code > 0xffff ? 2 : 1) };
  }
  const letter = literal[at + 1] ?? '';
  const simple = letter === mark ? letter.charCodeAt(0) : LETTER_ESCAPES[letter];
  return simple === undefined ? numericEscape(literal, at + 1) : { code: simple, isByte: false, end: at + 2 };
}

function numericEscape(literal: string, at: number): LiteralCharacter {
  NUMERIC_ESCAPE.lastIndex = at;
  const match = NUMERIC_ESCAPE.exec(literal);
  if (match === null) throw syntaxError();
  const [, byte, short, long, octal] = match;
  const code = octal === undefined ? Number.parseInt(byte ?? short ?? long ?? '', 16) : Number.parseInt(octal, 8);
  const isByte = byte !== undefined || octal !== undefined;
  if (isByte ? code > 0xff : code > 0x10ffff || isSurrogate(code)) throw syntaxError();
  return { code, isByte, end: NUMERIC_ESCAPE.lastIndex };
}

/** `strconv.Unquote` of a literal in double quotes or backquotes; throws the GoError `invalid syntax`. */
export function unquote(literal: string): string {
  const inner = literal.slice(1, -1);
  if (literal.startsWith('`')) return inner.replaceAll('\r', '');
  let text = '';
  for (let at = 0; at < inner.length; ) {
    const { code, isByte, end } = unquoteCharacter(inner, at, '"');
    text += isByte ? fromBytes(Uint8Array.of(code)) : String.fromCodePoint(code);
    at = end;
  }
  return joined(text);
}
