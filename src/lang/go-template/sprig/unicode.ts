/**
 * Letters and spaces as Go's unicode package knows them: one character at a time is mapped to one character, where
 * JavaScript's texts may grow. https://pkg.go.dev/unicode
 */
const SPACE = /^[\t-\r \u0085\u00a0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]$/u;

export const isSpace = (character: string): boolean => SPACE.test(character);
export const isUpper = (character: string): boolean => /^\p{Lu}$/u.test(character);
export const isLower = (character: string): boolean => /^\p{Ll}$/u.test(character);
export const isTitle = (character: string): boolean => /^\p{Lt}$/u.test(character);
export const isLetter = (character: string): boolean => /^\p{L}$/u.test(character);
export const isNumber = (character: string): boolean => /^\p{N}$/u.test(character);
export const isDigit = (character: string): boolean => /^\p{Nd}$/u.test(character);
export const isPunctuation = (character: string): boolean => /^\p{P}$/u.test(character);

/** The characters of a text; a byte that is not UTF-8 is one of its own. */
export const charactersOf = (text: string): string[] => Array.from(text);

const single = (mapped: string, character: string): string =>
  mapped.length <= 2 && Array.from(mapped).length === 1 ? mapped : character;

/** Greek letters with an iota below, which JavaScript writes as two: https://unicode.org/Public/UNIDATA/UnicodeData.txt */
const WITH_IOTA: Readonly<Record<string, string>> = { ᾳ: 'ᾼ', ῃ: 'ῌ', ῳ: 'ῼ' };

function withIota(character: string): string | undefined {
  const code = character.codePointAt(0) ?? 0;
  // Eight small ones are followed by their eight capitals.
  if (code >= 0x1f80 && code <= 0x1faf) return String.fromCodePoint(code | 8);
  return WITH_IOTA[character];
}

/** `unicode.ToUpper`. */
export function upper(character: string): string {
  return withIota(character) ?? single(character.toUpperCase(), character);
}

/** `unicode.ToLower`. */
export function lower(character: string): string {
  return character === 'İ' ? 'i' : single(character.toLowerCase(), character);
}

const DIGRAPH_TITLES: Readonly<Record<string, string>> = {
  Ǆ: 'ǅ',
  ǅ: 'ǅ',
  ǆ: 'ǅ',
  Ǉ: 'ǈ',
  ǈ: 'ǈ',
  ǉ: 'ǈ',
  Ǌ: 'ǋ',
  ǋ: 'ǋ',
  ǌ: 'ǋ',
  Ǳ: 'ǲ',
  ǲ: 'ǲ',
  ǳ: 'ǲ',
};

/** `unicode.ToTitle`. Georgian has capitals, but no titlecase. */
export function title(character: string): string {
  if (/^[ა-ჿ]$/u.test(character)) return character;
  return DIGRAPH_TITLES[character] ?? upper(character);
}

/** `strings.Map`: what is not UTF-8 is U+FFFD afterwards. */
export const mapped = (text: string, map: (character: string) => string): string =>
  charactersOf(text.toWellFormed()).map(map).join('');
