import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { cellText, harmless, harmlessJson } from './_text.ts';

describe('harmless', () => {
  test.each([
    ['\u001b[31mred\u001b[0m', '^[[31mred^[[0m'],
    ['bell\u0007', 'bell^G'],
    ['a\tb', 'a b'],
    ['a\rb', 'a\\rb'],
    ['nul\u0000', 'nul^@'],
    ['del\u007f', 'del^?'],
    ['csi\u009b2J', 'csi\\u009b2J'],
    ['\u202egnp.exe', '\\u202egnp.exe'],
    ['zero\u200bwidth', 'zero\\u200bwidth'],
    ['Übergröße 容器 🚀 👩\u200d🚀', 'Übergröße 容器 🚀 👩\u200d🚀'],
  ])('prints %j as %j', (text, printed) => {
    expect(harmless(text)).toBe(printed);
  });

  test('leaves nothing that a terminal acts upon', () => {
    // oxlint-disable-next-line no-control-regex -- that is what must not come out
    const acted = /[\u0000-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]/;
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        expect(harmless(text)).not.toMatch(acted);
      }),
    );
  });
});

describe('cellText', () => {
  test.each([
    ['one\ntwo', 'one...'],
    ['one\r\ntwo', 'one...'],
    ['one\ftwo', 'one...'],
    ['one', 'one'],
    ['', ''],
  ])('prints the first line of %j', (text, printed) => {
    expect(cellText(text)).toBe(printed);
  });
});

describe('harmlessJson', () => {
  test('changes how a text is written and not what it says', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        const json = harmlessJson(JSON.stringify(text));
        expect(JSON.parse(json)).toBe(text);
        expect(json).toBe(harmless(json));
      }),
    );
  });
});
