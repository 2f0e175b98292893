import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { termsOf, writtenValue } from './short-form-terms.ts';

describe('termsOf', () => {
  test('tells keys, values and what is negated, with their places', () => {
    const text = 'ns:shop,"a b" -reason:Back*  refused "timed \\"out"';
    expect(termsOf(text).map(({ start, end }) => text.slice(start, end))).toEqual([
      'ns:shop,"a b"',
      '-reason:Back*',
      'refused',
      '"timed \\"out"',
    ]);
    expect(termsOf(text)).toMatchObject([
      { key: 'namespace', values: [{ text: 'shop' }, { text: 'a b', isQuoted: true }], isNegated: false },
      { key: 'reason', values: [{ text: 'Back*', isQuoted: false }], isNegated: true },
      { key: undefined, values: [{ text: 'refused' }] },
      { key: undefined, values: [{ text: 'timed "out' }] },
    ]);
  });

  test('goes over whatever is typed', () => {
    fc.assert(
      fc.property(fc.string(), (text) => {
        const covered = termsOf(text).map(({ start, end }) => text.slice(start, end));
        expect(covered.join('').replaceAll(/\s/g, '')).toBe(text.replaceAll(/\s/g, ''));
      }),
    );
  });

  test.each(['"timed out', '-', 'reason:"a\\"', '"a\\nb"', 'name:"a"b', 'a"b"', '""'])(
    'guesses what %j is to be, and says that it is not right',
    (text) => {
      const terms = termsOf(text);
      expect(terms.map(({ start, end }) => text.slice(start, end))).toEqual([text]);
      expect(terms[0]?.problem).toBeDefined();
    },
  );

  test('takes a star for itself in what writtenValue wrote', () => {
    fc.assert(
      fc.property(fc.string({ minLength: 1 }), (text) => {
        const [term, ...others] = termsOf(`name:${writtenValue(text)}`);
        expect(others).toEqual([]);
        expect(term?.problem).toBeUndefined();
        expect(term?.values).toMatchObject([{ text, ...(text.includes('*') && { isQuoted: true }) }]);
      }),
    );
  });
});

test('writtenValue quotes what would be taken for something else', () => {
  expect(['web-0', 'a b', 'a*', '5"'].map(writtenValue)).toEqual(['web-0', '"a b"', '"a*"', '"5\\""']);
});
