import { describe, expect, test } from 'vitest';
import { TwoGenerationMap } from './two-generation-map.ts';

describe('TwoGenerationMap', () => {
  test('keeps what is used, however much is added, and forgets the rest', () => {
    const map = new TwoGenerationMap<string, number>(10);
    map.set('used', -1);
    map.set('unused', -2);
    for (let n = 0; n < 100; n++) {
      map.set(String(n), n);
      expect(map.get('used')).toBe(-1);
    }
    expect(map.get('unused')).toBeUndefined();
    expect(map.get('99')).toBe(99);
  });

  test('deletes from both generations', () => {
    const map = new TwoGenerationMap<string, number>(1);
    map.set('old', 1);
    map.set('young', 2);
    map.delete('old');
    map.delete('young');
    expect([map.get('old'), map.get('young')]).toEqual([undefined, undefined]);
  });
});
