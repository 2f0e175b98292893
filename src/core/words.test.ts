import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { hasWords, RESERVED, wordsOf } from './words.ts';

describe('hasWords', () => {
  test.each([
    ['Back-off 5m0s: container "app" timed out', 'TIMED OUT', true],
    ['Back-off 5m0s', 'off', true],
    ['Back-off 5m0s', 'of', true],
    ['Back-off 5m0s', 'ff', false],
    ['Back-off 5m0s', '-off', true],
    ['backoff off', 'off', true],
    ['x_y', 'y', true],
    ['Größe', 'größ', true],
    ['Größe', 'ße', false],
    ['a', '', true],
    [`a${RESERVED}b`, 'b', true],
  ])('of %j and %j is %s', (text, words, expected) => {
    expect(hasWords(text, words)).toBe(expected);
  });
});

describe('wordsOf', () => {
  test('cuts a text into folded words, and says which of them go on outside', () => {
    expect(wordsOf('Timed-out 10.0')).toEqual([
      { word: 'timed', opens: true, closes: false },
      { word: 'out', opens: false, closes: false },
      { word: '10', opens: false, closes: false },
      { word: '0', opens: false, closes: true },
    ]);
    expect(wordsOf(' — ')).toEqual([{ word: '—', opens: false, closes: false }]);
  });

  test('finds in every text the words of every part of it that hasWords finds there', () => {
    const text = fc.string({ unit: fc.constantFrom('a', 'B', '1', ' ', '-', 'É', 'K', RESERVED, '語'), maxLength: 12 });
    fc.assert(
      fc.property(text, text, text, (before, part, after) => {
        const whole = before + part + after;
        if (!hasWords(whole, part)) return;
        const words = wordsOf(whole).map(({ word }) => word);
        for (const { word, closes } of wordsOf(part)) {
          expect(words.some((one) => (closes ? one.startsWith(word) : one === word))).toBe(true);
        }
      }),
    );
  });
});
