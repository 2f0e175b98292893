import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { sprint, sprintf, sprintln } from './fmt.ts';
import { INT64, UINT8 } from './go-type.ts';
import { GoError, pointerTo, stringSlice, typed } from './value.ts';

const int = fc.bigInt({ min: -(1n << 63n), max: (1n << 63n) - 1n });

describe('sprintf', () => {
  test.each([
    ['%d', (text: string) => BigInt(text)],
    ['%x', (text: string) => (text.startsWith('-') ? -BigInt(`0x${text.slice(1)}`) : BigInt(`0x${text}`))],
    ['%O', (text: string) => (text.startsWith('-') ? -BigInt(text.slice(1)) : BigInt(text))],
    ['%#b', (text: string) => (text.startsWith('-') ? -BigInt(text.slice(1)) : BigInt(text))],
    ['%+030d', (text: string) => BigInt(text.replace('+', ''))],
    ['%-30d', (text: string) => BigInt(text.trim())],
  ])('writes with %s what reads back as the same integer', (format, read) => {
    fc.assert(
      fc.property(int, (value) => {
        expect(read(sprintf(format, [value]))).toBe(value);
        expect(read(sprintf(format, [typed(INT64, value)]))).toBe(value);
      }),
    );
  });

  test('never fails, whatever the format', () => {
    const args = [1n, 'a', 2.5, null, true, stringSlice(['x']), typed(UINT8, 3n), new GoError('e'), pointerTo(1n)];
    fc.assert(
      fc.property(
        fc.array(fc.constantFrom(...Array.from('%%%%+-# 0123456789.*[]vdsqxXcUteEfgGTpw!é')), { maxLength: 8 }),
        fc.subarray(args),
        (format, operands) => {
          expect(typeof sprintf(format.join(''), operands, 1e9)).toBe('string');
        },
      ),
      { numRuns: 2000 },
    );
  });

  test('fills up to the width with spaces, or zeros', () => {
    fc.assert(
      fc.property(fc.string(), fc.nat(40), (text, width) => {
        const padded = sprintf(`%${width}s`, [text]);
        expect(padded.trimStart()).toBe(text.trimStart());
        expect(Array.from(padded).length).toBe(Math.max(width, Array.from(text).length));
      }),
    );
  });

  test('ends texts that grow too large', () => {
    expect(() => sprintf('%999d', [1n], 100)).toThrow(RangeError);
  });
});

describe('sprint', () => {
  test('puts spaces between operands of which neither is a string', () => {
    expect(sprint(['a', 1n, 2n, 'b', 'c', 3.5, null])).toBe('a1 2bc3.5 <nil>');
    expect(sprintln(['a', 1n, 'b'])).toBe('a 1 b\n');
  });
});
