/** Sprig's arithmetic: https://masterminds.github.io/sprig/math.html */
import { sprint } from '../fmt.ts';
import type { TemplateFunctions } from '../functions.ts';
import { FLOAT64, INT, INT64, STRING } from '../go-type.ts';
import { GoError, GoSlice, type GoValue, typed } from '../value.ts';
import { checkSize } from './bounds.ts';
import { toFloat64, toInt64 } from './cast.ts';
import { add, type Decimal, decimalOf, divide, multiply, subtract, toFloat } from './decimal.ts';
import { any, bigInt, define, defineVariadic, float, string } from './define.ts';

const int64 = (value: bigint): GoValue => typed(INT64, value);

const onIntegers = (combine: (left: bigint, right: bigint) => bigint) =>
  defineVariadic([any], any, INT64, (value, others) =>
    int64(others.map(toInt64).reduce((left, right) => BigInt.asIntN(64, combine(left, right)), toInt64(value))),
  );

const onTwoIntegers = (combine: (left: bigint, right: bigint) => bigint) =>
  define([any, any], INT64, (left, right) => int64(combine(toInt64(left), toInt64(right))));

const onFloats = (combine: (left: number, right: number) => number) =>
  defineVariadic([any], any, FLOAT64, (value, others) =>
    others.map(toFloat64).reduce((left, right) => combine(left, right), toFloat64(value)),
  );

const combined = (value: GoValue, others: readonly GoValue[], combine: (left: Decimal, right: Decimal) => Decimal) =>
  toFloat(others.map((other) => decimalOf(toFloat64(other))).reduce(combine, decimalOf(toFloat64(value))));

const onDecimals = (combine: (left: Decimal, right: Decimal) => Decimal) =>
  defineVariadic([any], any, FLOAT64, (value, others) => combined(value, others, combine));

const divisor = (value: bigint): bigint => {
  if (value === 0n) throw new GoError('runtime error: integer divide by zero');
  return value;
};

/** From `start` on, as long as `stop` is not reached. */
function steps(start: bigint, stop: bigint, step: bigint): bigint[] {
  const upwards = stop >= start;
  if (upwards ? step <= 0n : step >= 0n) return [];
  checkSize(Number((stop - start) / step));
  const found: bigint[] = [];
  for (let value = start; upwards ? value < stop : value > stop; value += step) found.push(value);
  return found;
}

const intSlice = (values: readonly bigint[]): GoSlice => new GoSlice(INT.sliceOf(), values);

/** `seq`, with the arguments of the Unix command: end; start and end; start, step and end. The end is included. */
function sequence(params: readonly bigint[]): string {
  const [first = 0n, second = 0n, third = 0n] = params;
  const [start, end] = params.length === 1 ? [1n, first] : [first, params.length === 2 ? second : third];
  const direction = end < start ? -1n : 1n;
  const step = params.length === 3 ? second : direction;
  if (params.length === 0 || params.length > 3 || (params.length === 3 && direction < 0n && step > 0n)) return '';
  return steps(start, end + direction, step).join(' ');
}

/**
 * `math.Pow(10, exponent)`, whose last digits beyond 10²² differ from those of JavaScript's own:
 * https://pkg.go.dev/math#Pow
 */
function powerOfTen(exponent: number): number {
  let [result, resultScale] = [1, 0];
  // Ten is this fraction of a power of two.
  let [factor, scale] = [10 / 16, 4];
  for (let left = Math.abs(exponent); left > 0; left = Math.floor(left / 2)) {
    if (Math.abs(scale) > 4096) return exponent > 0 ? Number.POSITIVE_INFINITY : 0;
    if (left % 2 === 1) {
      result *= factor;
      resultScale += scale;
    }
    factor *= factor;
    scale *= 2;
    if (factor < 0.5) {
      factor *= 2;
      scale--;
    }
  }
  const half = Math.trunc(resultScale / 2);
  if (exponent < 0) return (1 / result) * 2 ** -half * 2 ** (half - resultScale);
  return result * 2 ** half * 2 ** (resultScale - half);
}

/** Rounds down below the fraction `roundOn`, up from it on. */
function round(value: GoValue, places: bigint, [roundOn = 0.5]: readonly number[]): number {
  const power = powerOfTen(Number(places));
  const digits = power * toFloat64(value);
  const fraction = digits - Math.trunc(digits);
  return (fraction >= roundOn ? Math.ceil(digits) : Math.floor(digits)) / power;
}

const OCTAL = /^[+-]?[0-7]+$/;
const DECIMAL = /^[+-]?[0-9]+$/;

/** `strconv.ParseInt(text, base, 64)`, undefined when that fails. */
function parsed(text: string, pattern: RegExp, prefix: string): bigint | undefined {
  if (!pattern.test(text)) return undefined;
  const magnitude = BigInt(prefix + text.replace(/^[+-]/, ''));
  const value = text.startsWith('-') ? -magnitude : magnitude;
  return BigInt.asIntN(64, value) === value ? value : undefined;
}

/** `strconv.Atoi` without its error: what is too large becomes the integer that is closest to it. */
function atoi(text: string): bigint {
  if (!DECIMAL.test(text)) return 0n;
  return parsed(text, DECIMAL, '') ?? (text.startsWith('-') ? -(1n << 63n) : (1n << 63n) - 1n);
}

const largest = onIntegers((left, right) => (right > left ? right : left));

export const NUMERIC_FUNCTIONS: TemplateFunctions = {
  int: define([any], INT, toInt64),
  int64: define([any], INT64, (value) => int64(toInt64(value))),
  float64: define([any], FLOAT64, toFloat64),
  atoi: define([string], INT, atoi),
  toDecimal: define([any], INT64, (value) => int64(parsed(sprint([value]), OCTAL, '0o') ?? 0n)),
  add1: define([any], INT64, (value) => int64(toInt64(value) + 1n)),
  add: defineVariadic([], any, INT64, (values) =>
    int64(values.reduce((sum: bigint, value) => sum + toInt64(value), 0n)),
  ),
  sub: onTwoIntegers((left, right) => left - right),
  mul: onIntegers((left, right) => left * right),
  div: onTwoIntegers((left, right) => left / divisor(right)),
  mod: onTwoIntegers((left, right) => left % divisor(right)),
  max: largest,
  biggest: largest,
  min: onIntegers((left, right) => (right < left ? right : left)),
  add1f: define([any], FLOAT64, (value) => combined(value, [1n], add)),
  addf: defineVariadic([], any, FLOAT64, (values) => combined(0, values, add)),
  subf: onDecimals(subtract),
  mulf: onDecimals(multiply),
  divf: onDecimals(divide),
  maxf: onFloats(Math.max),
  minf: onFloats(Math.min),
  floor: define([any], FLOAT64, (value) => Math.floor(toFloat64(value))),
  ceil: define([any], FLOAT64, (value) => Math.ceil(toFloat64(value))),
  round: defineVariadic([any, bigInt], float, FLOAT64, round),
  until: define([bigInt], INT.sliceOf(), (count) => intSlice(steps(0n, count, count < 0n ? -1n : 1n))),
  untilStep: define([bigInt, bigInt, bigInt], INT.sliceOf(), (start, stop, step) => intSlice(steps(start, stop, step))),
  seq: defineVariadic([], bigInt, STRING, sequence),
};
