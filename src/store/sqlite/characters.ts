/** Kinds of characters, told by a table: regular expressions take several times as long for what is asked of every event. */

export const DIGIT = 1;
export const HEX_DIGIT = 2;
/** Of generated names: https://github.com/kubernetes/kubernetes/blob/v1.35.4/staging/src/k8s.io/apimachinery/pkg/util/rand/rand.go */
export const SUFFIX_LETTER = 4;
export const LETTER_OR_DIGIT = 8;
export const DASH = 16;

const KINDS = new Uint8Array(128);
for (const [characters, kind] of [
  ['0123456789', DIGIT],
  ['0123456789abcdef', HEX_DIGIT],
  ['bcdfghjklmnpqrstvwxz2456789', SUFFIX_LETTER],
  ['0123456789abcdefghijklmnopqrstuvwxyz', LETTER_OR_DIGIT],
  ['-', DASH],
] as const) {
  for (const character of characters) KINDS[character.charCodeAt(0)] = (KINDS[character.charCodeAt(0)] ?? 0) | kind;
}

/** Whether the character there, in lower case, is of one of these kinds. */
export function isKind(text: string, index: number, kinds: number): boolean {
  const code = text.charCodeAt(index);
  return code < 128 && ((KINDS[code] ?? 0) & kinds) !== 0;
}

/** Where the characters of this kind end that begin at `start`, at most `limit`. */
export function endOfRun(text: string, start: number, limit: number, kind: number): number {
  let end = start;
  while (end < limit && isKind(text, end, kind)) end++;
  return end;
}

const LOWER_A = 0x61;
const ZERO = 0x30;

/** The value of a lower-case hexadecimal digit; negative for anything else. */
export function hexValue(text: string, index: number): number {
  if (!isKind(text, index, HEX_DIGIT)) return -1;
  const code = text.charCodeAt(index);
  return code >= LOWER_A ? code - LOWER_A + 10 : code - ZERO;
}

/** The number that these digits are. */
export function decimalValue(text: string, start: number, end: number): number {
  let value = 0;
  for (let index = start; index < end; index++) value = value * 10 + text.charCodeAt(index) - ZERO;
  return value;
}
