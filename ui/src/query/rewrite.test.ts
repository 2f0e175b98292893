import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { shortFormToFilter } from '../../../src/lang/short-form.ts';
import { only, stanceOf, toggled } from './rewrite.ts';

const key = fc.constantFrom('reason', 'namespace', 'kind');
const value = fc.oneof(
  fc.constantFrom('BackOff', 'shop', 'two words', 'quoted "so"', 'back\\slash', 'a,b', 'st*r', '-minus', 'k:v'),
  fc.string({ minLength: 1, maxLength: 12 }).filter((text) => text.trim() !== ''),
);
const query = fc.constantFrom('', 'reason:BackOff', '-type:Normal "timed out"', 'ns:shop,web reason:x refused');

describe('toggled', () => {
  test('joins values of a key, and takes a second click back', () => {
    expect(toggled('reason:BackOff "timed out"', { key: 'reason', value: 'Failed' }, 'included')).toBe(
      'reason:BackOff,Failed "timed out"',
    );
    expect(toggled('reason:BackOff,Failed x', { key: 'reason', value: 'BackOff' }, 'included')).toBe('reason:Failed x');
    expect(toggled('reason:BackOff', { key: 'reason', value: 'BackOff' }, 'included')).toBe('');
    expect(toggled('reason:BackOff', { key: 'reason', value: 'BackOff' }, 'excluded')).toBe('-reason:BackOff');
    expect(toggled('ns:shop', { key: 'namespace', value: 'media' }, 'included')).toBe('ns:shop,media');
    expect(toggled('name:"a*",b', { key: 'name', value: 'b' }, 'included')).toBe('name:"a*"');
    expect(toggled('name:a*', { key: 'name', value: 'a*' }, 'included')).toBe('name:a*,"a*"');
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
