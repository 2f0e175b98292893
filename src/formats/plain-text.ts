/**
 * Text from a cluster on its way to people. Anybody who may create events chooses it, so nothing in it may hide or
 * reorder what is read beside it.
 */

const LINE_BREAK = /\r\n?|[\n\v\f\u0085\u2028\u2029]/g;
// Controls but the line break, and what changes the direction of text:
// https://www.unicode.org/reports/tr9/#Directional_Formatting_Characters
const HARMFUL = /(?!\n)[\p{Control}\p{Bidi_Control}\ufeff]/gu;

/** The text with every break of a line as `\n`, tabs as spaces, and U+FFFD for what is harmful or no character. */
export function plainText(text: string): string {
  return text.replace(LINE_BREAK, '\n').replaceAll('\t', ' ').replace(HARMFUL, '\ufffd').toWellFormed();
}

/** The same in one line. */
export function plainLine(text: string): string {
  return plainText(text).replaceAll('\n', ' ').trim();
}
