/** Text that anybody in the cluster may have written, cut into what can be shown as it is and what cannot be seen. */
import { HIDDEN_CHARACTERS } from '../../../src/util/hidden-characters.ts';

export interface TextPart {
  readonly text: string;
  /** It stands for a character that is not shown itself. */
  readonly isMark: boolean;
}

/** They are seen as what they are. */
const SHOWN: ReadonlySet<string> = new Set(['\n', '\t']);
// Not one class of all: before $ Chromium 156 finds no surrogate pair in one.
const EMOJI_BEFORE = /(?:\p{Extended_Pictographic}|\p{Emoji_Modifier}|\ufe0f)$/u;

/** As one text, with what cannot be seen in words. */
export function writtenOut(text: string): string {
  return visibleText(text)
    .map((part) => part.text)
    .join('');
}

export function visibleText(text: string): readonly TextPart[] {
  const parts: TextPart[] = [];
  let shown = 0;
  for (const { 0: hidden, index } of text.matchAll(HIDDEN_CHARACTERS)) {
    if (SHOWN.has(hidden)) continue;
    if (hidden === '\u200d' && EMOJI_BEFORE.test(text.slice(Math.max(0, index - 2), index))) continue;
    if (index > shown) parts.push({ text: text.slice(shown, index), isMark: false });
    parts.push({ text: nameOf(hidden), isMark: true });
    shown = index + hidden.length;
  }
  if (shown < text.length) parts.push({ text: text.slice(shown), isMark: false });
  return parts;
}

function nameOf(character: string): string {
  const code = character.charCodeAt(0);
  return code < 0x100
    ? `\\x${code.toString(16).padStart(2, '0')}`
    : `U+${code.toString(16).toUpperCase().padStart(4, '0')}`;
}

/** Its beginning, not cut within a character that a reader sees as one. */
export function beginningOf(text: string, length: number): string {
  if (text.length <= length) return text;
  // A window bounds the work, whatever the length of the text.
  const window = text.slice(0, length + 32);
  let end = 0;
  for (const { index, segment } of new Intl.Segmenter().segment(window)) {
    if (index + segment.length > length) break;
    end = index + segment.length;
  }
  return text.slice(0, end === 0 ? length : end);
}

/** A name cut so that both its ends stay: the middle of a Pod's name tells least. */
export function nameEnds(name: string): readonly [string, string] {
  const END = 6;
  return name.length > 14 ? [name.slice(0, -END), name.slice(-END)] : [name, ''];
}
