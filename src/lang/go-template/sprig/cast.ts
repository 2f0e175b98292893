/**
 * Any value as a number, by the rules of the library that sprig uses: exact basic types and texts are converted, what is
 * anything else is 0. https://pkg.go.dev/github.com/spf13/cast@v1.7.0
 */
import { parseFloat64, parseInt64 } from '../go-number.ts';
import type { GoType } from '../go-type.ts';
import { GoPointer, GoScalar, type GoValue } from '../value.ts';

const MIN_INT64 = -(1n << 63n);

/** What Go's integer conversion makes of a float: whatever does not fit becomes the smallest integer. */
export function truncated(value: number): bigint {
  if (!Number.isFinite(value)) return MIN_INT64;
  const whole = BigInt(Math.trunc(value));
  return BigInt.asIntN(64, whole) === whole ? whole : MIN_INT64;
}

/** `int64` and `int`, which are the same size. */
export function toInt64(value: GoValue): bigint {
  const basic = basicFor(value);
  switch (typeof basic) {
    case 'bigint':
      return BigInt.asIntN(64, basic);
    case 'number':
      return truncated(basic);
    case 'boolean':
      return basic ? 1n : 0n;
    case 'string':
      return parseInt64(withoutZeroDecimals(basic)) ?? 0n;
    default:
      return 0n;
  }
}

export function toFloat64(value: GoValue): number {
  const basic = basicFor(value);
  if (typeof basic === 'string') return parsedFloat(basic);
  return basic === undefined ? 0 : Number(basic);
}

/** Named types whose values count as the integers they are. */
const INTEGER_TYPES = ['time.Weekday', 'time.Month'];

const isConverted = (type: GoType): boolean => type.underlying === type || INTEGER_TYPES.includes(type.text);

/** What pointers lead to, when that is of a basic type that is not a defined one. */
function basicFor(value: GoValue): bigint | number | boolean | string | undefined {
  let target: GoValue | undefined = value;
  while (target instanceof GoPointer) target = target.target;
  if (target instanceof GoScalar) {
    const basic = isConverted(target.type) ? target.value : undefined;
    return typeof basic === 'object' ? undefined : basic;
  }
  return target === null || typeof target === 'object' ? undefined : target;
}

/** `1.00` counts as an integer in a text, as `1.0..` does, but `1.50` does not. */
const withoutZeroDecimals = (text: string): string => text.replace(/\.0+\.*$/, '');

const SPECIAL_FLOAT = /^([+-]?)(?:inf(?:inity)?|(nan))$/i;

function parsedFloat(text: string): number {
  const [, sign, nan] = SPECIAL_FLOAT.exec(text) ?? [];
  if (nan !== undefined) return sign === '' ? Number.NaN : 0;
  if (sign !== undefined) return sign === '-' ? Number.NEGATIVE_INFINITY : Number.POSITIVE_INFINITY;
  return parseFloat64(text) ?? 0;
}
