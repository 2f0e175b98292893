/** Numbers as Go writes them in source text, read as https://pkg.go.dev/strconv does with base 0. */

const MAX_UINT64 = (1n << 64n) - 1n;
const MAX_INT64 = (1n << 63n) - 1n;
const MIN_INT64 = -(1n << 63n);

const INTEGER = /^(?:0[xX](?:_?[0-9a-fA-F])+|0[bB](?:_?[01])+|0[oO]?(?:_?[0-7])+|0|[1-9](?:_?[0-9])*)$/;
const DECIMAL_FLOAT = /^[0-9](?:_?[0-9])*\.?(?:[0-9](?:_?[0-9])*)?(?:[eE][+-]?[0-9](?:_?[0-9])*)?$/;
const HEX_FLOAT = /^0[xX]((?:_?[0-9a-fA-F])*)(?:\.([0-9a-fA-F](?:_?[0-9a-fA-F])*)?)?[pP]([+-]?[0-9](?:_?[0-9])*)$/;

/** The magnitude an integer literal spells, however large; undefined when it is none. */
function magnitudeOf(digits: string): bigint | undefined {
  if (!INTEGER.test(digits)) return undefined;
  const plain = digits.replaceAll('_', '');
  // BigInt reads 0x, 0o and 0b; what is left is Go's older octal.
  return BigInt(/^0[0-7]/.test(plain) ? `0o${plain.slice(1)}` : plain);
}

/** `strconv.ParseUint(text, 0, 64)`, undefined when that fails. */
export function parseUint(text: string): bigint | undefined {
  const magnitude = magnitudeOf(text);
  return magnitude !== undefined && magnitude <= MAX_UINT64 ? magnitude : undefined;
}

/** `strconv.ParseInt(text, 0, 64)`, undefined when that fails. */
export function parseInt64(text: string): bigint | undefined {
  const magnitude = magnitudeOf(text.replace(/^[+-]/, ''));
  if (magnitude === undefined) return undefined;
  const value = text.startsWith('-') ? -magnitude : magnitude;
  return value > MAX_INT64 || value < MIN_INT64 ? undefined : value;
}

/** `strconv.ParseFloat(text, 64)` of a literal, undefined when that fails, also for what is too large. */
export function parseFloat64(text: string): number | undefined {
  const digits = text.replace(/^[+-]/, '');
  const value = decimalOf(digits) ?? hexOf(digits);
  if (value === undefined || value === Number.POSITIVE_INFINITY) return undefined;
  return text.startsWith('-') ? -value : value;
}

function decimalOf(digits: string): number | undefined {
  const whole = digits.replace(/^\.(?=[0-9])/, '0.');
  return DECIMAL_FLOAT.test(whole) ? Number(whole.replaceAll('_', '')) : undefined;
}

function hexOf(digits: string): number | undefined {
  const match = HEX_FLOAT.exec(digits);
  if (match === null) return undefined;
  const [, whole = '', fraction = '', exponent = '0'] = match.map((part) => part?.replaceAll('_', ''));
  if (whole === '' && fraction === '') return undefined;
  return scaled(BigInt(`0x0${whole}${fraction}`), Number(exponent) - 4 * fraction.length);
}

/** mantissa × 2^exponent, rounded to the nearest float64, to even in the middle. */
function scaled(mantissa: bigint, exponent: number): number {
  const bits = mantissa === 0n ? 0 : mantissa.toString(2).length;
  if (bits + exponent > 1024) return Number.POSITIVE_INFINITY;
  // As many bits as a float64 of that size has: fewer among the subnormals, whose last bit is 2^-1074.
  const precision = Math.min(53, bits + exponent + 1074);
  if (bits === 0 || precision < 0) return 0;
  const dropped = bits - precision;
  if (dropped <= 0) return Number(mantissa) * 2 ** exponent;
  const half = 1n << BigInt(dropped - 1);
  const kept = mantissa >> BigInt(dropped);
  const rest = mantissa - (kept << BigInt(dropped));
  const up = rest > half || (rest === half && (kept & 1n) === 1n);
  return Number(up ? kept + 1n : kept) * 2 ** (exponent + dropped);
}
