import fc from 'fast-check';
import { expect, test } from 'vitest';
import { visibleText } from '../message/visible-text.ts';
import { readableJson } from './json.ts';

test('readableJson is the same value with nothing in it that cannot be seen', () => {
  fc.assert(
    fc.property(fc.array(fc.string({ unit: 'binary', maxLength: 12 }), { maxLength: 4 }), (value) => {
      const text = readableJson(value, 2);
      expect(JSON.parse(text)).toEqual(value);
      // Joiners stay: emoji and some scripts need them.
      expect(visibleText(text.replaceAll(/\u200c|\u200d/g, '')).filter(({ isMark }) => isMark)).toEqual([]);
    }),
  );
});
