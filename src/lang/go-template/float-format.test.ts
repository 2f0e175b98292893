import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { formatFloat } from './float-format.ts';
import { parseFloat64 } from './go-number.ts';

const finite = fc.double({ noNaN: true, noDefaultInfinity: true });

describe('formatFloat', () => {
  test('writes as many digits as read back as the same value', () => {
    fc.assert(
      fc.property(finite, fc.constantFrom('e', 'f', 'g', 'E', 'G'), (value, format) => {
        expect(Number(formatFloat(value, format, undefined, 64))).toBe(value);
      }),
    );
  });

  test('writes hexadecimal floats that read back as the same value', () => {
    fc.assert(
      fc.property(finite, (value) => {
        expect(parseFloat64(formatFloat(value, 'x', undefined, 64))).toBe(value);
      }),
    );
  });

  test('writes float32 that reads back as the same value', () => {
    fc.assert(
      fc.property(fc.float({ noNaN: true, noDefaultInfinity: true }), (value) => {
        expect(Math.fround(Number(formatFloat(value, 'g', undefined, 32)))).toBe(value);
      }),
    );
  });

  // As Go's strconv writes them.
  test.each([
    [0.5, 'f', 0, '0'],
    [1.5, 'f', 0, '2'],
    [2.5, 'f', 0, '2'],
    [0.125, 'f', 2, '0.12'],
    [0.375, 'f', 2, '0.38'],
    [999.999, 'f', 1, '1000.0'],
    [9.5, 'e', 0, '1e+01'],
    [1e21, 'f', undefined, '1000000000000000000000'],
    [1e6, 'g', undefined, '1e+06'],
    [123456, 'g', undefined, '123456'],
    [0.0001, 'g', undefined, '0.0001'],
    [0.00001, 'g', undefined, '1e-05'],
    [100, 'g', 3, '100'],
    [1000, 'g', 3, '1e+03'],
    [0, 'g', 3, '0'],
    [0, 'e', undefined, '0e+00'],
    [5e-324, 'e', 20, '4.94065645841246544177e-324'],
    [1 / 3, 'f', 30, '0.333333333333333314829616256247'],
    [1, 'b', undefined, '4503599627370496p-52'],
    [1, 'x', undefined, '0x1p+00'],
    [0.1, 'x', 3, '0x1.99ap-04'],
    [1.99999, 'x', 0, '0x1p+01'],
    [-0, 'g', undefined, '-0'],
    [Number.NaN, 'g', undefined, 'NaN'],
    [Number.POSITIVE_INFINITY, 'e', 2, '+Inf'],
  ] as const)('of %d as %%%s with precision %s is %s', (value, format, precision, text) => {
    expect(formatFloat(value, format, precision, 64)).toBe(text);
  });
});
