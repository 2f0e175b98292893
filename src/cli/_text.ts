/**
 * Text from a cluster on its way to a terminal. Anybody who may create events chooses that text, so nothing in it may
 * move the cursor, change colours or titles, reorder what is read, or be there without being seen.
 */
import { HIDDEN_CHARACTERS, JOINERS } from '../util/hidden-characters.ts';

/**
 * Characters that are not seen made visible, as kubectl does where it does (ESC as `^[`; other controls it lets through);
 * a tab becomes a space. Line breaks count as controls; what emoji and some scripts are joined with stays.
 */
export function harmless(text: string): string {
  return text.replace(HIDDEN_CHARACTERS, (character) => {
    const code = character.charCodeAt(0);
    if (JOINERS.has(character)) return character;
    if (character === '\t') return ' ';
    if (character === '\r') return '\\r';
    if (code < 0x20) return `^${String.fromCharCode(code + 0x40)}`;
    return code === 0x7f ? '^?' : unicodeEscape(character);
  });
}

/** The same for a message, which may list one problem a line. */
export function harmlessLines(text: string): string {
  return text.split('\n').map(harmless).join('\n');
}

/** A table's cell: as kubectl does, the first line alone, with `...` for the rest. */
export function cellText(text: string): string {
  const end = text.search(/[\f\n\r]/);
  return end < 0 ? harmless(text) : `${harmless(text.slice(0, end))}...`;
}

/** The same JSON or double-quoted YAML, with what is left of {@link harmless}'s characters escaped. */
export function harmlessJson(json: string): string {
  return json.replace(HIDDEN_CHARACTERS, (character) =>
    character === '\n' || JOINERS.has(character) ? character : unicodeEscape(character),
  );
}

export function isHarmful(text: string): boolean {
  return harmless(text) !== text;
}

function unicodeEscape(character: string): string {
  return `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`;
}

const CODES = { yellow: 33, dim: 2 } as const;

export function coloured(text: string, colour: keyof typeof CODES): string {
  return `\u001b[${CODES[colour]}m${text}\u001b[0m`;
}
