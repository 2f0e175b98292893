import { expect, test } from 'vitest';
import { TwoGenerationMap } from './two-generation-map.ts';

test('TwoGenerationMap holds what was used lately, and never more than twice its capacity', () => {
  const map = new TwoGenerationMap<number, string>(100, (_, value) => value.length);
  const held = (upTo: number) =>
    Array.from({ length: upTo }, (_, key) => key).filter((key) => map.get(key) !== undefined);
  for (let key = 0; key < 1_000; key++) {
    map.set(key, 'ten bytes.');
    expect(map.get(0)).toBe('ten bytes.');
    expect(map.get(Math.max(0, key - 4))).toBe('ten bytes.');
  }
  expect(held(1_000).length).toBeLessThanOrEqual(20);
});

test('TwoGenerationMap forgets earlier when what it holds has grown', () => {
  const map = new TwoGenerationMap<number, string>(100, (_, value) => value.length);
  map.set(1, 'ten bytes.');
  map.grow(100);
  map.set(2, 'ten bytes.');
  map.grow(100);
  map.set(3, 'ten bytes.');
  expect([1, 2, 3].map((key) => map.get(key) !== undefined)).toEqual([false, true, true]);
});

test('TwoGenerationMap deletes from both generations', () => {
  const map = new TwoGenerationMap<string, number>(1, () => 1);
  map.set('old', 1);
  map.set('young', 2);
  map.delete('old');
  map.delete('young');
  expect([map.get('old'), map.get('young')]).toEqual([undefined, undefined]);
});
