import fc from 'fast-check';
import { expect, test } from 'vitest';
import { rfc3339 } from './rfc3339.ts';

/** https://tc39.es/ecma262/#sec-time-values-and-time-range */
const LAST_DATE = 8_640_000_000_000_000;

test('rfc3339 prints what a Date prints, whatever came before', () => {
  const near = fc.integer({ min: -100_000_000, max: 100_000_000 });
  const far = fc.integer({ min: -LAST_DATE, max: LAST_DATE });
  fc.assert(
    fc.property(fc.array(fc.oneof(near, far), { minLength: 1 }), (instants) => {
      expect(instants.map(rfc3339)).toEqual(instants.map((instant) => new Date(instant).toISOString()));
    }),
  );
});

test.each([Number.NaN, Number.POSITIVE_INFINITY, Number.MIN_SAFE_INTEGER])('rfc3339 throws for %d', (instant) => {
  expect(() => rfc3339(instant)).toThrow(RangeError);
  expect(rfc3339(0)).toBe('1970-01-01T00:00:00.000Z');
});
