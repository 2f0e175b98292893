import fc from 'fast-check';
import { expect, test } from 'vitest';
import { SortedKeys } from './sorted-keys.ts';

test('SortedKeys pages and ranks as a sorted array does', () => {
  const key = fc.nat({ max: 3_000 }).map(String);
  fc.assert(
    fc.property(
      fc.uniqueArray(key, { maxLength: 1_500 }),
      fc.uniqueArray(key, { maxLength: 1_500 }),
      fc.array(key, { maxLength: 300 }),
      key,
      (initial, added, deleted, from) => {
        const keys = new SortedKeys();
        const model = new Set(initial);
        keys.reset(initial);
        for (const name of added) {
          if (!model.has(name)) keys.add(name);
          model.add(name);
        }
        for (const name of deleted) {
          keys.delete(name);
          model.delete(name);
        }
        const sorted = [...model].sort();
        expect([...keys.from(from)]).toEqual(sorted.filter((name) => name >= from));
        expect(keys.rank(from)).toBe(sorted.filter((name) => name < from).length);
      },
    ),
    { numRuns: 60 },
  );
});
