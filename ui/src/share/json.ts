import { HIDDEN_CHARACTERS, JOINERS } from '../../../src/util/hidden-characters.ts';

/** JSON for reading: the same value, but nothing in it that cannot be seen. */
export function readableJson(value: unknown, indent?: number): string {
  return JSON.stringify(value, undefined, indent).replaceAll(HIDDEN_CHARACTERS, (character) =>
    character === '\n' || JOINERS.has(character)
      ? character
      : `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}
