/** How a limit counts: code points, UTF-16 code units as JavaScript and Java do, or bytes of UTF-8. */
export type LengthUnit = 'characters' | 'utf16' | 'utf8';

const ELLIPSIS = '…';
/** What people see as one character is seldom longer; what is longer was made to be. In UTF-16 code units. */
const MAX_GRAPHEME = 64;

/** Made for the first text that is cut: its data take 3 MiB of memory. */
let graphemes: Intl.Segmenter | undefined;

/** How long a text is for whoever counts so. */
export function lengthOf(text: string, unit: LengthUnit): number {
  if (unit === 'utf16') return text.length;
  if (unit === 'utf8') return Buffer.byteLength(text);
  let length = 0;
  for (const _ of text) length++;
  return length;
}

/**
 * The text where it fits into the limit, else as much of its beginning as does with an ellipsis behind it. It is not cut
 * within what people see as one character, and never within a surrogate pair.
 */
export function cutText(text: string, limit: number, unit: LengthUnit): string {
  if (prefixLength(text, limit, unit) === text.length) return text;
  const room = limit - lengthOf(ELLIPSIS, unit);
  if (room < 0) return '';
  const end = prefixLength(text, room, unit);
  return `${text.slice(0, graphemeStart(text, end))}${ELLIPSIS}`;
}

/** How many UTF-16 code units of whole characters fit into the limit. */
function prefixLength(text: string, limit: number, unit: LengthUnit): number {
  // A code unit is never less than a third of a limit's unit, so that a short text need not be looked through.
  if (text.length * 3 <= limit) return text.length;
  let left = limit;
  let end = 0;
  while (end < text.length) {
    const code = text.codePointAt(end) ?? 0;
    const width = code > 0xffff ? 2 : 1;
    left -= unit === 'utf16' ? width : unit === 'utf8' ? utf8Width(code) : 1;
    if (left < 0) break;
    end += width;
  }
  return end;
}

// A surrogate without its other half becomes U+FFFD.
function utf8Width(code: number): number {
  return code < 0x80 ? 1 : code < 0x800 ? 2 : code < 0x10000 ? 3 : 4;
}

/** Where the grapheme begins that the text would be cut in; the place itself between two, and in one that is endless. */
function graphemeStart(text: string, end: number): number {
  graphemes ??= new Intl.Segmenter('en', { granularity: 'grapheme' });
  // The segmenter needs to see a little of what comes next, and not more: the text may be long.
  const start = graphemes.segment(text.slice(0, end + MAX_GRAPHEME)).containing(end)?.index ?? end;
  return end - start > MAX_GRAPHEME ? end : start;
}
