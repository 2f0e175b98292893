import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { cutText, type LengthUnit, lengthOf } from './cut-text.ts';

const UNITS: readonly LengthUnit[] = ['characters', 'utf16', 'utf8'];
const FAMILY = '👩‍👩‍👧';
const text = fc.oneof(
  fc.string({ unit: 'grapheme', maxLength: 60 }),
  fc.string({ unit: 'binary', maxLength: 60 }),
  fc
    .array(fc.constantFrom(FAMILY, 'é', 'e\u0301', '🇩🇪', '\r\n', 'ш', '\ud800', '\udc00', 'a'), { maxLength: 40 })
    .map((parts) => parts.join('')),
);
const cases = [text, fc.nat(100), fc.constantFrom(...UNITS)] as const;

describe('lengthOf', () => {
  it.each<[LengthUnit, number]>([
    ['characters', 4],
    ['utf16', 5],
    ['utf8', 10],
  ])('counts %s', (unit, length) => {
    expect(lengthOf('aé€😀', unit)).toBe(length);
  });
});

describe('cutText', () => {
  it.each<[string, number, LengthUnit, string]>([
    ['short', 5, 'utf16', 'short'],
    ['longer', 5, 'utf16', 'long…'],
    ['😀😀😀', 2, 'characters', '😀…'],
    ['😀😀😀', 4, 'utf16', '😀…'],
    ['😀😀', 7, 'utf8', '😀…'],
    ['😀😀', 6, 'utf8', '…'],
    ['ab', 2, 'utf8', 'ab'],
    ['abc', 2, 'utf8', ''],
    ['abc', 0, 'characters', ''],
    [`a${FAMILY}b`, 6, 'characters', 'a…'],
    ['e\u0301e\u0301', 3, 'utf16', 'e\u0301…'],
    ['🇩🇪🇫🇷', 4, 'characters', '🇩🇪🇫🇷'],
    ['🇩🇪🇫🇷x', 4, 'characters', '🇩🇪…'],
  ])('cuts %j to %d %s', (whole, limit, unit, cut) => {
    expect(cutText(whole, limit, unit)).toBe(cut);
  });

  it('cuts characters that are endless where it must', () => {
    const zalgo = `a${'\u0301'.repeat(10_000)}`;
    expect(cutText(zalgo, 500, 'utf16')).toHaveLength(500);
  });

  it('never exceeds the limit', () => {
    fc.assert(
      fc.property(...cases, (whole, limit, unit) => {
        expect(lengthOf(cutText(whole, limit, unit), unit)).toBeLessThanOrEqual(limit);
      }),
      { numRuns: 1000 },
    );
  });

  it('leaves a text that fits as it is, and keeps the beginning of others', () => {
    fc.assert(
      fc.property(...cases, (whole, limit, unit) => {
        const cut = cutText(whole, limit, unit);
        const fits = lengthOf(whole, unit) <= limit;
        expect(cut === whole || !fits).toBe(true);
        expect(fits || cut === '' || (cut.endsWith('…') && whole.startsWith(cut.slice(0, -1)))).toBe(true);
      }),
      { numRuns: 1000 },
    );
  });

  it('splits no surrogate pair, and no grapheme', () => {
    const segmenter = new Intl.Segmenter('en', { granularity: 'grapheme' });
    fc.assert(
      fc.property(...cases, (whole, limit, unit) => {
        const cut = cutText(whole, limit, unit);
        const kept = cut.endsWith('…') && cut !== whole ? cut.slice(0, -1) : cut;
        const borders = new Set([...segmenter.segment(whole)].map(({ index }) => index)).add(whole.length);
        expect(borders).toContain(kept.length);
        expect(cut.isWellFormed() || !whole.isWellFormed()).toBe(true);
      }),
      { numRuns: 1000 },
    );
  });
});
