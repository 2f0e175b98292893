import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { compareResourceVersions, isResourceVersion } from './resource-version.ts';

describe('compareResourceVersions', () => {
  test('orders as the numbers do, beyond what a double holds', () => {
    fc.assert(
      fc.property(fc.bigInt({ min: 0n, max: 1n << 80n }), fc.bigInt({ min: 0n, max: 1n << 80n }), (a, b) => {
        expect(Math.sign(compareResourceVersions(String(a), String(b)))).toBe(a < b ? -1 : a > b ? 1 : 0);
      }),
    );
  });
});

describe('isResourceVersion', () => {
  test('takes decimal numbers without leading zeros that a number holds exactly', () => {
    expect(['0', '7', '9007199254740991'].filter(isResourceVersion)).toHaveLength(3);
    expect(
      ['', '9007199254740992', '07', '-1', '1.5', '1e3', ' 1', '0x1', 7, null, undefined].filter(isResourceVersion),
    ).toEqual([]);
  });
});
