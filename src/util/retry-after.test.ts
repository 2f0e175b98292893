import { describe, expect, test } from 'vitest';
import { retryAfterMs } from './retry-after.ts';

describe('retryAfterMs', () => {
  test.each([
    ['7', 7000],
    ['0', 0],
    ['Thu, 01 Jan 1970 00:01:00 GMT', 50_000],
    ['Thu, 01 Jan 1970 00:00:01 GMT', 0],
    ['soon', undefined],
    ['-5', undefined],
    ['1.5', undefined],
    ['2026', 2_026_000],
    [['7', '9'], 7000],
    [[], undefined],
    [undefined, undefined],
  ])('of %j is %j', (value, wanted) => {
    expect(retryAfterMs({ 'retry-after': value }, 10_000)).toBe(wanted);
  });
});
