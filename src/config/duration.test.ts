import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { parseDuration } from './duration.ts';

describe('parseDuration', () => {
  test.each([
    ['250ms', 250],
    ['0s', 0],
    ['1h30m', 5_400_000],
    ['90d', 7_776_000_000],
    ['2w', 1_209_600_000],
    ['1y', 31_536_000_000],
    ['1m1ms', 60_001],
    ['1000y', 31_536_000_000_000],
  ])('reads %s as %d ms', (text, ms) => {
    expect(parseDuration(text)).toBe(ms);
  });

  test.each(['', '90', '1.5h', '-1h', '1h1h', '1m1h', '1 h', 'h', '1H', '1001y', `${'9'.repeat(400)}s`, '1h\n'])(
    'refuses %j',
    (text) => {
      expect(parseDuration(text)).toBeUndefined();
    },
  );

  test('adds up what is written', () => {
    fc.assert(
      fc.property(fc.nat(999), fc.nat(999), fc.nat(9999), fc.nat(9999), (days, hours, seconds, ms) => {
        const total = ((days * 24 + hours) * 3600 + seconds) * 1000 + ms;
        expect(parseDuration(`${days}d${hours}h${seconds}s${ms}ms`)).toBe(total);
      }),
    );
  });
});
