import { describe, expect, test } from 'vitest';
import { Random } from './random.ts';

describe('Random', () => {
  test('tells the same story for the same seed, and another for another', () => {
    const draw = (seed: number): number[] => {
      const random = new Random(seed);
      return Array.from({ length: 5 }, () => random.int(0, 1_000_000));
    };
    expect(draw(7)).toEqual(draw(7));
    expect(draw(7)).not.toEqual(draw(8));
  });

  test('makes UUIDs of version 4 and names without vowels', () => {
    const random = new Random(1);
    expect(random.uuid()).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
    expect(random.suffix(5)).toMatch(/^[bcdfghjklmnpqrstvwxz2456789]{5}$/);
  });

  test('forks by seed and label alone, whatever was drawn before', () => {
    const random = new Random(1);
    const before = random.fork('a').next();
    random.next();
    expect(random.fork('a').next()).toBe(before);
    expect(random.fork('b').next()).not.toBe(before);
  });

  test('throws when there is nothing to pick from', () => {
    expect(() => new Random(1).pick([])).toThrow(/found no choices/);
  });
});
