import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { shortFormToFilter } from '../../../src/lang/short-form.ts';
import { only, stanceOf, toggled } from './rewrite.ts';
import { KEYS, termsOf, written } from './terms.ts';

const key = fc.constantFrom('reason', 'namespace', 'kind');
const value = fc.oneof(
  fc.constantFrom('BackOff', 'shop', 'two words', 'quoted "so"', 'back\\slash', 'a,b', 'st*r', '-minus', 'k:v'),
  fc.string({ minLength: 1, maxLength: 12 }).filter((text) => text.trim() !== ''),
);
const query = fc.constantFrom('', 'reason:BackOff', '-type:Normal "timed out"', 'ns:shop,web reason:x refused');

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
      { key: 'namespace', values: ['shop', 'a b'], isNegated: false },
      { key: 'reason', values: ['Back*'], isNegated: true },
      { key: undefined, values: ['refused'] },
      { key: undefined, values: ['timed "out'] },
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

  test('knows the keys that the API knows', () => {
    for (const each of [...KEYS, 'ns', 'source']) expect(() => shortFormToFilter(`${each}:x`)).not.toThrow();
  });
});

describe('toggled', () => {
  test('joins values of a key, and takes a second click back', () => {
    expect(toggled('reason:BackOff "timed out"', { key: 'reason', value: 'Failed' }, 'included')).toBe(
      'reason:BackOff,Failed "timed out"',
    );
    expect(toggled('reason:BackOff,Failed x', { key: 'reason', value: 'BackOff' }, 'included')).toBe('reason:Failed x');
    expect(toggled('reason:BackOff', { key: 'reason', value: 'BackOff' }, 'included')).toBe('');
    expect(toggled('reason:BackOff', { key: 'reason', value: 'BackOff' }, 'excluded')).toBe('-reason:BackOff');
    expect(toggled('ns:shop', { key: 'namespace', value: 'media' }, 'included')).toBe('ns:shop,media');
  });

  test('has the stance it was given, in a text that the API takes', () => {
    fc.assert(
      fc.property(query, key, value, fc.constantFrom('included', 'excluded'), (text, name, chosen, stance) => {
        const after = toggled(text, { key: name, value: chosen }, stance);
        const before = stanceOf(text, name, chosen);
        expect(stanceOf(after, name, chosen)).toBe(before === stance ? undefined : stance);
        expect(() => shortFormToFilter(after)).not.toThrow();
      }),
    );
  });
});

describe('only', () => {
  test('leaves nothing else of the key', () => {
    expect(only('reason:BackOff -reason:Failed ns:shop', { key: 'reason', value: 'Pulled' })).toBe(
      'ns:shop reason:Pulled',
    );
  });
});

describe('written', () => {
  test('quotes what would be taken for something else', () => {
    expect(['web-0', 'a b', 'a*', '5"'].map(written)).toEqual(['web-0', '"a b"', '"a*"', '"5\\""']);
  });
});
