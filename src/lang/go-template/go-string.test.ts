import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  byteAt,
  byteSlice,
  compareStrings,
  fromBytes,
  fromRune,
  joined,
  runeCount,
  toBytes,
  toRunes,
  utf8Length,
} from './go-string.ts';

const bytes = fc.oneof(
  fc.uint8Array(),
  // Whole and cut characters side by side.
  fc
    .array(
      fc.oneof(
        fc.string({ unit: 'binary', maxLength: 2 }).map((text) => Buffer.from(text)),
        fc.uint8Array({ maxLength: 2 }),
      ),
    )
    .map((parts) => new Uint8Array(Buffer.concat(parts))),
);

describe('Go strings', () => {
  test('keep every byte', () => {
    fc.assert(
      fc.property(bytes, (value) => {
        expect(Uint8Array.from(toBytes(fromBytes(value)))).toEqual(value);
      }),
    );
  });

  test('are as long as their bytes, and have as many runes as Go counts', () => {
    fc.assert(
      fc.property(bytes, (value) => {
        const text = fromBytes(value);
        expect(utf8Length(text)).toBe(value.length);
        expect(toRunes(text)).toHaveLength(runeCount(text));
      }),
    );
  });

  test('are cut and indexed by bytes', () => {
    fc.assert(
      fc.property(bytes, fc.nat(20), fc.nat(20), (value, a, b) => {
        const [from, to] = [Math.min(a, b, value.length), Math.min(Math.max(a, b), value.length)];
        const text = fromBytes(value);
        expect(byteSlice(text, from, to)).toBe(fromBytes(value.subarray(from, to)));
        expect(Array.from(value.subarray(from, to), (_, index) => byteAt(text, from + index))).toEqual([
          ...value.subarray(from, to),
        ]);
      }),
    );
  });

  test('become what their bytes spell when they are put together', () => {
    fc.assert(
      fc.property(bytes, bytes, (left, right) => {
        expect(joined(fromBytes(left) + fromBytes(right))).toBe(fromBytes(Buffer.concat([left, right])));
      }),
    );
  });

  test('are ordered by their bytes', () => {
    fc.assert(
      fc.property(bytes, bytes, (left, right) => {
        expect(Math.sign(compareStrings(fromBytes(left), fromBytes(right)))).toBe(Buffer.compare(left, right));
      }),
    );
    expect(compareStrings('\uffee', '😀')).toBeLessThan(0);
  });

  test.each([
    [0x61, 'a'],
    [0x1f600, '😀'],
    [0xd800, '\ufffd'],
    [-1, '\ufffd'],
    [0x110000, '\ufffd'],
  ])('make of rune %d the text %j', (rune, text) => {
    expect(fromRune(rune)).toBe(text);
  });

  test('count a byte that is no UTF-8 as one replacement rune', () => {
    expect(toRunes(fromBytes(Uint8Array.of(0x61, 0xff, 0xc3)))).toEqual([0x61, 0xfffd, 0xfffd]);
  });
});
