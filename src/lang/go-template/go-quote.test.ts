import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { canBackquote, isPrint, quote, quoteRune, unquote } from './go-quote.ts';
import { fromBytes } from './go-string.ts';

describe('quote', () => {
  test('is undone by unquote', () => {
    fc.assert(
      fc.property(fc.uint8Array(), fc.boolean(), (bytes, ascii) => {
        const text = fromBytes(bytes);
        expect(unquote(quote(text, ascii))).toBe(text);
      }),
    );
  });

  test('writes nothing but ASCII when asked to', () => {
    expect(quote('é\u200b😀\x7f\x01"', true)).toBe(String.raw`"\u00e9\u200b\U0001f600\x7f\x01\""`);
  });

  test('escapes the mark of a character', () => {
    expect([quoteRune(39), quoteRune(34), quoteRune(0xe9, true)]).toEqual([
      String.raw`'\''`,
      `'"'`,
      String.raw`'\u00e9'`,
    ]);
  });
});

describe('unquote', () => {
  test.each([
    [String.raw`"\q"`],
    [String.raw`"\x4"`],
    [String.raw`"\400"`],
    [String.raw`"\ud800"`],
    [String.raw`"\'"`],
  ])('refuses %s', (literal) => {
    expect(() => unquote(literal)).toThrow('invalid syntax');
  });

  test('leaves carriage returns out of raw strings', () => {
    expect(unquote('`a\r\n\\n`')).toBe('a\n\\n');
  });
});

describe('isPrint', () => {
  test.each([
    [0x20, true],
    [0xa0, false],
    [0x200b, false],
    [0xad, false],
    [0x2713, true],
    [0x0301, true],
    [0xd800, false],
    [0xfffd, true],
  ])('of U+%i is %s', (rune, printable) => {
    expect(isPrint(rune)).toBe(printable);
  });
});

describe('canBackquote', () => {
  test('allows tabs, and neither other control characters nor backquotes', () => {
    expect(['a\té', 'a\n', '`', '\x7f', fromBytes(Uint8Array.of(0xff))].map(canBackquote)).toEqual([
      true,
      false,
      false,
      false,
      false,
    ]);
  });
});
