/**
 * Floats as text, digit for digit as Go's strconv writes them: https://pkg.go.dev/strconv#FormatFloat. JavaScript's own
 * formats differ where the value lies exactly between two texts, and stop at 100 digits.
 */

/** 0.d₁d₂d₃… × 10^point. */
interface Decimal {
  readonly digits: string;
  readonly point: number;
}

export type FloatFormat = 'b' | 'e' | 'E' | 'f' | 'g' | 'G' | 'x' | 'X';

/** `strconv.FormatFloat(value, format, precision, bits)`; without a precision as many digits as tell the value apart. */
export function formatFloat(value: number, format: FloatFormat, precision: number | undefined, bits: 32 | 64): string {
  if (Number.isNaN(value)) return 'NaN';
  if (!Number.isFinite(value)) return value > 0 ? '+Inf' : '-Inf';
  const sign = value < 0 || Object.is(value, -0) ? '-' : '';
  return sign + formatMagnitude(Math.abs(value), format, precision, bits);
}

function formatMagnitude(value: number, format: FloatFormat, precision: number | undefined, bits: 32 | 64): string {
  switch (format) {
    case 'b':
      return binary(value, bits);
    case 'x':
      return hexadecimal(value, precision);
    case 'X':
      return hexadecimal(value, precision).toUpperCase();
    case 'f':
      return fixed(value, precision, bits);
    case 'e':
    case 'E':
      return exponential(
        precision === undefined ? shortest(value, bits) : rounded(value, precision + 1),
        precision,
        format,
      );
    default:
      return general(value, precision, bits, format === 'g' ? 'e' : 'E');
  }
}

function fixed(value: number, precision: number | undefined, bits: 32 | 64): string {
  // Below 1e21 JavaScript writes the shortest digits without an exponent too.
  if (precision === undefined && bits === 64 && value >= 1e-6 && value < 1e21) return String(value);
  return plain(precision === undefined ? shortest(value, bits) : roundedAt(value, precision), precision);
}

/** The digits around the decimal point; without a precision no more of them than there are. */
function plain({ digits, point }: Decimal, precision: number | undefined): string {
  const whole = point > 0 ? digits.slice(0, point).padEnd(point, '0') : '0';
  const behind = point > 0 ? digits.slice(point) : '0'.repeat(digits === '' ? 0 : -point) + digits;
  const fraction = precision === undefined ? behind : behind.slice(0, precision).padEnd(precision, '0');
  return fraction === '' ? whole : `${whole}.${fraction}`;
}

function exponential({ digits, point }: Decimal, precision: number | undefined, letter: string): string {
  const fraction = digits.slice(1).padEnd(precision ?? 0, '0');
  const exponent = digits === '' ? 0 : point - 1;
  const power = `${exponent < 0 ? '-' : '+'}${String(Math.abs(exponent)).padStart(2, '0')}`;
  return `${digits[0] ?? '0'}${fraction === '' ? '' : `.${fraction}`}${letter}${power}`;
}

/** %g: with an exponent when that is below -4, or not below the number of digits that was asked for or 6. */
function general(value: number, precision: number | undefined, bits: 32 | 64, letter: string): string {
  if (precision === undefined && bits === 64 && (value === 0 || (value >= 1e-4 && value < 1e6))) return String(value);
  const wanted = precision === 0 ? 1 : precision;
  const decimal = wanted === undefined ? shortest(value, bits) : rounded(value, wanted);
  const { digits, point } = decimal;
  const exact = wanted !== undefined && wanted > digits.length && digits.length >= point;
  const limit = exact ? digits.length : (wanted ?? 6);
  const exponent = point - 1;
  return exponent < -4 || exponent >= limit ? exponential(decimal, undefined, letter) : plain(decimal, undefined);
}

function withoutTrailingZeros({ digits, point }: Decimal): Decimal {
  let length = digits.length;
  while (length > 0 && digits[length - 1] === '0') length--;
  return { digits: digits.slice(0, length), point };
}

/** The fewest digits that read back as the same float of that size. */
function shortest(value: number, bits: 32 | 64): Decimal {
  if (value === 0) return { digits: '', point: 0 };
  for (let count = 1; bits === 32 && count <= 9; count++) {
    const candidate = rounded(value, count);
    if (Math.fround(Number(`0.${candidate.digits}e${candidate.point}`)) === value) return candidate;
  }
  const [mantissa = '', exponent = ''] = value.toExponential().split('e');
  return withoutTrailingZeros({ digits: mantissa.replace('.', ''), point: Number(exponent) + 1 });
}

/** The value rounded to that many digits, to even in the middle. */
function rounded(value: number, count: number): Decimal {
  return roundDigits(exactDecimal(value), count);
}

/** The value rounded to that many digits behind the point. */
function roundedAt(value: number, behind: number): Decimal {
  const decimal = exactDecimal(value);
  return roundDigits(decimal, decimal.point + behind);
}

function roundDigits(decimal: Decimal, count: number): Decimal {
  const { digits, point } = decimal;
  if (count >= digits.length) return decimal;
  if (count < 0) return { digits: '', point: 0 };
  const kept = digits.slice(0, count);
  if (!roundsUp(digits, count)) return withoutTrailingZeros({ digits: kept, point });
  const up = (BigInt(kept === '' ? '0' : kept) + 1n).toString().padStart(count, '0');
  return withoutTrailingZeros({ digits: up, point: up.length > count ? point + 1 : point });
}

function roundsUp(digits: string, at: number): boolean {
  const next = digits[at] ?? '0';
  if (next !== '5' || /[1-9]/.test(digits.slice(at + 1))) return next >= '5';
  return at > 0 && Number(digits[at - 1]) % 2 === 1;
}

/** Every digit of the value: a float is a whole number of 2^-1074, and those have a finite decimal fraction. */
function exactDecimal(value: number): Decimal {
  if (value === 0) return { digits: '', point: 0 };
  if (Number.isSafeInteger(value)) return withoutTrailingZeros({ digits: String(value), point: String(value).length });
  const { mantissa, exponent } = split(value);
  const digits = exponent >= 0 ? mantissa << BigInt(exponent) : mantissa * 5n ** BigInt(-exponent);
  const text = digits.toString();
  return withoutTrailingZeros({ digits: text, point: text.length + Math.min(exponent, 0) });
}

const float64 = new Float64Array(1);
const float64Bits = new BigUint64Array(float64.buffer);
const float32 = new Float32Array(1);
const float32Bits = new Uint32Array(float32.buffer);

/** value = mantissa × 2^exponent, the mantissa as it is stored. */
function split(value: number): { mantissa: bigint; exponent: number } {
  float64[0] = value;
  const bits = float64Bits[0] ?? 0n;
  const stored = Number((bits >> 52n) & 0x7ffn);
  const fraction = bits & 0xfffffffffffffn;
  return stored === 0
    ? { mantissa: fraction, exponent: -1074 }
    : { mantissa: fraction | 0x10000000000000n, exponent: stored - 1075 };
}

/** %b: the mantissa and the exponent of 2 as they are stored. */
function binary(value: number, bits: 32 | 64): string {
  let { mantissa, exponent } = split(value);
  if (bits === 32) {
    float32[0] = value;
    const word = float32Bits[0] ?? 0;
    const stored = (word >>> 23) & 0xff;
    mantissa = BigInt((word & 0x7fffff) | (stored === 0 ? 0 : 0x800000));
    exponent = Math.max(stored, 1) - 150;
  }
  return `${mantissa}p${exponent < 0 ? '' : '+'}${exponent}`;
}

/** %x: 0x1.8p+01. */
function hexadecimal(value: number, precision: number | undefined): string {
  let { mantissa, exponent } = split(value);
  if (value === 0) exponent = 0;
  else {
    // The leading 1 to bit 60: the 15 hexadecimal digits of the fraction are below it.
    const shift = 61 - mantissa.toString(2).length;
    mantissa <<= BigInt(shift);
    exponent += 60 - shift;
  }
  if (precision !== undefined && precision < 15) {
    const dropped = BigInt(4 * (15 - precision));
    const half = 1n << (dropped - 1n);
    const rest = mantissa & ((half << 1n) - 1n);
    mantissa >>= dropped;
    if (rest > half || (rest === half && (mantissa & 1n) === 1n)) mantissa += 1n;
    mantissa <<= dropped;
    if (mantissa >> 61n !== 0n) {
      mantissa >>= 1n;
      exponent++;
    }
  }
  const all = (mantissa & ((1n << 60n) - 1n)).toString(16).padStart(15, '0');
  const fraction = precision === undefined ? all.replace(/0+$/, '') : all.slice(0, precision).padEnd(precision, '0');
  const power = `${exponent < 0 ? '-' : '+'}${String(Math.abs(exponent)).padStart(2, '0')}`;
  return `0x${mantissa >> 60n}${fraction === '' ? '' : `.${fraction}`}p${power}`;
}
