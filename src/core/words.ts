/**
 * Words of a text: runs of letters and digits, where every character beyond ASCII counts as a letter. Whoever searches and
 * whoever keeps an index of words have to agree on them, so both fold text here first.
 */

/** Stands in no folded text, so that what begins with it is no word of anybody's. */
export const RESERVED = '\uE000';

/** Without regard to case. */
export function foldWords(text: string): string {
  return text.toLowerCase().replaceAll(RESERVED, ' ');
}

/** Whether the second text stands in the first one as words of it, without regard to case. */
export function hasWords(text: string, words: string): boolean {
  return stands(text, words, true);
}

/** Whether it stands where a word begins. */
export function hasWordStart(text: string, words: string): boolean {
  return stands(text, words, false);
}

function stands(text: string, words: string, whole: boolean): boolean {
  const [folded, wanted] = [foldWords(text), foldWords(words)];
  const begins = isWordCharacter(wanted, 0);
  const ends = whole && isWordCharacter(wanted, wanted.length - 1);
  for (let at = folded.indexOf(wanted); at >= 0; at = folded.indexOf(wanted, at + 1)) {
    const isBegun = !begins || !isWordCharacter(folded, at - 1);
    if (isBegun && !(ends && isWordCharacter(folded, at + wanted.length))) return true;
  }
  return false;
}

interface Word {
  readonly word: string;
  /** Whether it begins, or ends, with the text: there may be more of it outside. */
  readonly opens: boolean;
  readonly closes: boolean;
}

/** Folded. */
export function wordsOf(text: string): Word[] {
  const folded = foldWords(text);
  return Array.from(folded.matchAll(/[0-9a-z\u{80}-\u{10FFFF}]+/gu), ({ 0: word, index }) => ({
    word,
    opens: index === 0,
    closes: index + word.length === folded.length,
  }));
}

function isWordCharacter(folded: string, index: number): boolean {
  const code = folded.charCodeAt(index);
  return code >= 0x80 || (code >= 0x61 && code <= 0x7a) || (code >= 0x30 && code <= 0x39);
}
