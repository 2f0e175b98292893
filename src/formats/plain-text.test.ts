import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { plainLine, plainText } from './plain-text.ts';

const text = fc.oneof(fc.string({ unit: 'binary' }), fc.string({ unit: 'grapheme' }));

describe('plainText', () => {
  it.each([
    ['a\r\nb\rc\u2028d\u0085e\n', 'a\nb\nc\nd\ne\n'],
    ['\ta', ' a'],
    ['\u001b[31mred\u0000\u009b', '\ufffd[31mred\ufffd\ufffd'],
    ['gpj.\u202eexe\u2066', 'gpj.\ufffdexe\ufffd'],
    ['\ud800', '\ufffd'],
    ['Ünïcödé 😀 שלום', 'Ünïcödé 😀 שלום'],
  ])('makes %j harmless', (whole, plain) => {
    expect(plainText(whole)).toBe(plain);
  });

  it('leaves no control but the line break, and nothing that reorders', () => {
    fc.assert(
      fc.property(text, (any) => {
        const plain = plainText(any);
        expect(plain.replaceAll('\n', '')).not.toMatch(/[\p{Control}\p{Bidi_Control}\p{Surrogate}\u2028\u2029]/u);
        expect(plainText(plain)).toBe(plain);
      }),
    );
  });
});

describe('plainLine', () => {
  it('is one line', () => {
    expect(plainLine(' a\r\n\tb\n')).toBe('a  b');
    fc.assert(
      fc.property(text, (any) => {
        expect(plainLine(any)).not.toMatch(/[\n\r\u2028]/);
      }),
    );
  });
});
