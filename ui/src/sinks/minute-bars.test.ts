import { describe, expect, test } from 'vitest';
import { barsOf } from './minute-bars.ts';

describe('barsOf', () => {
  test('draws minutes from the right, and what happened once as high as a line', () => {
    expect(barsOf([1_000, 0, 1], { width: 60, height: 50 })).toBe('M57.5 50v-50h0v50zM59.5 50v-1h0v1z');
    expect(barsOf([], { width: 60, height: 50 })).toBe('');
    expect(barsOf([0, 0], { width: 60, height: 50 })).toBe('');
  });
});
