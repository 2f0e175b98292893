import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { beginningOf, nameEnds, visibleText } from './visible-text.ts';

const shown = (text: string) =>
  visibleText(text)
    .map((part) => (part.isMark ? `[${part.text}]` : part.text))
    .join('');

describe('visibleText', () => {
  test('shows what cannot be seen as what it is', () => {
    expect(shown('\u001b[31mERROR\u0007')).toBe('[\\x1b][31mERROR[\\x07]');
    expect(shown('user \u202egnp.exe\u202c')).toBe('user [U+202E]gnp.exe[U+202C]');
    expect(shown('zero\u200bwidth\ufeff')).toBe('zero[U+200B]width[U+FEFF]');
    expect(shown('two\nlines\tand a tab')).toBe('two\nlines\tand a tab');
  });

  test('leaves emoji whole, and shows a joiner elsewhere', () => {
    expect(shown('👩‍🚀 👨🏽‍🚒 ❤️‍🔥')).toBe('👩‍🚀 👨🏽‍🚒 ❤️‍🔥');
    expect(shown('pay\u200dpal')).toBe('pay[U+200D]pal');
  });

  test('loses nothing and lets nothing hidden through', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 12 }), (text) => {
        const parts = visibleText(text);
        expect(parts.every((part) => part.text !== '')).toBe(true);
        // oxlint-disable-next-line no-control-regex -- those must not be there
        const shownText = parts.map((part) => part.text).join('');
        // oxlint-disable-next-line no-control-regex -- those must not be there
        expect(shownText).not.toMatch(/[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u202a-\u202e]/);
      }),
    );
  });
});

describe('beginningOf', () => {
  test('does not cut through what is seen as one character', () => {
    expect(beginningOf('ab👩‍🚀cd', 4)).toBe('ab');
    expect(beginningOf('short', 300)).toBe('short');
    expect(beginningOf('x'.repeat(65_536), 300)).toHaveLength(300);
    expect(beginningOf('e' + '\u0301'.repeat(500), 10)).toHaveLength(10);
  });
});

describe('nameEnds', () => {
  test('keeps the end of a long name', () => {
    expect(nameEnds('checkout-api-fqh7gl4l9-s5m2n')).toEqual(['checkout-api-fqh7gl4l9', '-s5m2n']);
    expect(nameEnds('web-0')).toEqual(['web-0', '']);
  });
});
