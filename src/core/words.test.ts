import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { hasWordStart, hasWords, RESERVED, wordsOf } from './words.ts';

describe('hasWords and hasWordStart', () => {
  test.each([
    ['Back-off 5m0s: container "app" timed out', 'TIMED OUT', true, true],
    ['Back-off 5m0s', 'off', true, true],
    ['Back-off 5m0s', 'of', false, true],
    ['Back-off 5m0s', 'ff', false, false],
    ['Back-off 5m0s', '-off', true, true],
    ['Back-off 5m0s', 'back-', true, true],
    ['backoff of off', 'of', true, true],
    ['x_y', 'y', true, true],
    ['Größe', 'größ', false, true],
    ['Größe', 'ße', false, false],
    ['a', '', true, true],
    [`a${RESERVED}b`, 'b', true, true],
  ])('of %j and %j are %s and %s', (text, words, whole, start) => {
    expect([hasWords(text, words), hasWordStart(text, words)]).toEqual([whole, start]);
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

  test('finds in every text the words of every part that is found there', () => {
    const text = fc.string({ unit: fc.constantFrom('a', 'B', '1', ' ', '-', 'É', 'K', RESERVED, '語'), maxLength: 12 });
    fc.assert(
      fc.property(text, text, text, (before, part, after) => {
        const whole = before + part + after;
        const words = wordsOf(whole).map(({ word }) => word);
        for (const { word, closes } of hasWordStart(whole, part) ? wordsOf(part) : []) {
          const isWhole = !closes || hasWords(whole, part);
          expect(words.some((one) => (isWhole ? one === word : one.startsWith(word)))).toBe(true);
        }
      }),
    );
  });
});
