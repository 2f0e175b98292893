/**
 * Text from a cluster on its way to a terminal. Anybody who may create events chooses that text, so nothing in it may
 * move the cursor, change colours or titles, or reorder what is read.
 */

// Escapes are shown as kubectl shows them where it does (ESC as `^[`); kubectl lets the other controls through.
// oxlint-disable-next-line no-control-regex -- they are what is looked for
const HARMFUL = /[\u0000-\u001f\u007f-\u009f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff]/g;

/** Control and bidirectional characters made visible; a tab becomes a space. Line breaks count as controls. */
export function harmless(text: string): string {
  return text.replace(HARMFUL, (character) => {
    const code = character.charCodeAt(0);
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
  return json.replace(HARMFUL, (character) => (character === '\n' ? character : unicodeEscape(character)));
}

export function isHarmful(text: string): boolean {
  return text.search(HARMFUL) >= 0;
}

function unicodeEscape(character: string): string {
  return `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`;
}

const CODES = { yellow: 33, dim: 2 } as const;

export function coloured(text: string, colour: keyof typeof CODES): string {
  return `\u001b[${CODES[colour]}m${text}\u001b[0m`;
}
