import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { DEFAULT_STATE, readAddress, replacesEntry, stateOfAddress, writeAddress } from './page-state.ts';

describe('stateOfAddress', () => {
  test('leaves out defaults and what it does not know, but not a range that was asked for', () => {
    const search = { from: 'now-24h', q: 'reason:BackOff', rows: 'sideways', by: 'reason', utm_source: 'mail', sel: 3 };
    expect(stateOfAddress(search)).toEqual({ from: 'now-24h', q: 'reason:BackOff', by: 'reason' });
  });
});

describe('writeAddress', () => {
  test('is read back as it was, whatever is asked', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 12 }), (q) => {
        const text = q.toWellFormed();
        const { from } = DEFAULT_STATE;
        expect(stateOfAddress(readAddress(writeAddress({ ...DEFAULT_STATE, q: text })))).toEqual(
          text === '' ? { from } : { from, q: text },
        );
      }),
    );
  });

  test('is readable, and empty for the page as it opens', () => {
    expect(writeAddress({ q: 'reason:BackOff,Failed -ns:shop', sel: 'a/1' })).toBe(
      '?q=reason:BackOff,Failed+-ns:shop&sel=a/1',
    );
    const { from: _, ...unasked } = DEFAULT_STATE;
    expect(writeAddress(unasked)).toBe('');
  });
});

describe('replacesEntry', () => {
  test('keeps the way back to a question, not to each look', () => {
    expect(replacesEntry({ sel: 'a/1' })).toBe(true);
    expect(replacesEntry({ sel: '', q: 'x' })).toBe(false);
  });
});
