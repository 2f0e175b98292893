/**
 * Decimal arithmetic, by which sprig adds 0.1 and 0.2 to 0.3: https://pkg.go.dev/github.com/shopspring/decimal@v1.4.0
 */
import { GoError } from '../value.ts';

/** units × 10^exponent. */
export interface Decimal {
  readonly units: bigint;
  readonly exponent: number;
}

/** The shortest decimal that tells the float apart from its neighbours. */
export function decimalOf(value: number): Decimal {
  if (!Number.isFinite(value)) {
    throw new GoError(`Cannot create a Decimal from ${Number.isNaN(value) ? 'NaN' : value > 0 ? '+Inf' : '-Inf'}`);
  }
  const [digits = '', power = '0'] = String(value).split('e');
  const [whole = '', fraction = ''] = digits.split('.');
  return { units: BigInt(whole + fraction), exponent: Number(power) - fraction.length };
}

export const toFloat = ({ units, exponent }: Decimal): number => Number(`${units}e${exponent}`);

const scaledTo = ({ units, exponent }: Decimal, target: number): bigint => units * 10n ** BigInt(exponent - target);

export function add(left: Decimal, right: Decimal): Decimal {
  const exponent = Math.min(left.exponent, right.exponent);
  return { units: scaledTo(left, exponent) + scaledTo(right, exponent), exponent };
}

export const subtract = (left: Decimal, right: Decimal): Decimal =>
  add(left, { units: -right.units, exponent: right.exponent });

export const multiply = (left: Decimal, right: Decimal): Decimal => ({
  units: left.units * right.units,
  exponent: left.exponent + right.exponent,
});

const QUOTIENT_DIGITS = 16;

const magnitude = (value: bigint): bigint => (value < 0n ? -value : value);

/** Rounded to 16 digits behind the decimal point, away from zero in the middle. */
export function divide(left: Decimal, right: Decimal): Decimal {
  if (right.units === 0n) throw new GoError('decimal division by 0');
  const shift = left.exponent - right.exponent + QUOTIENT_DIGITS;
  const dividend = magnitude(left.units) * 10n ** BigInt(Math.max(shift, 0));
  const divisor = magnitude(right.units) * 10n ** BigInt(Math.max(-shift, 0));
  const quotient = dividend / divisor;
  const rounded = 2n * (dividend % divisor) >= divisor ? quotient + 1n : quotient;
  const negative = left.units < 0n !== right.units < 0n;
  return { units: negative ? -rounded : rounded, exponent: -QUOTIENT_DIGITS };
}
