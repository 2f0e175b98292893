import { expect, test } from 'vitest';
import { HIDDEN_CHARACTERS, JOINERS } from './hidden-characters.ts';

const ALL = Array.from({ length: 0x1_0000 }, (_, code) => String.fromCharCode(code));
const isHidden = (character: string) => character.search(HIDDEN_CHARACTERS) >= 0;

test('HIDDEN_CHARACTERS has every control and every character that turns the order of others round', () => {
  const meant = /[\p{Cc}\p{Bidi_Control}]/u;
  expect(ALL.filter((character) => meant.test(character)).filter((character) => !isHidden(character))).toEqual([]);
});

test('HIDDEN_CHARACTERS has nothing that is seen', () => {
  const unseen = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cn}]/u;
  expect(ALL.filter((character) => isHidden(character) && !unseen.test(character))).toEqual([]);
});

test('JOINERS are hidden themselves', () => {
  expect([...JOINERS].every(isHidden)).toBe(true);
});
