/** `time.ParseDuration`: https://pkg.go.dev/time#ParseDuration */
import { quote } from '../go-quote.ts';
import { GoError } from '../value.ts';

/** In nanoseconds. */
const UNITS: Readonly<Record<string, bigint>> = {
  ns: 1n,
  us: 1000n,
  µs: 1000n,
  μs: 1000n,
  ms: 1_000_000n,
  s: 1_000_000_000n,
  m: 60_000_000_000n,
  h: 3_600_000_000_000n,
};

const LIMIT = 1n << 63n;
const PART = /([0-9]*)(?:\.([0-9]*))?([^0-9.]*)/y;

/** `1h30m`, `-1.5s`: the nanoseconds. Throws a GoError. */
export function parseDuration(text: string): bigint {
  const fail = (what = 'invalid duration'): never => {
    throw new GoError(`time: ${what} ${quote(text)}`);
  };
  const size = text.replace(/^[+-]/, '');
  if (size === '0') return 0n;
  if (size === '') fail();
  let sum = 0n;
  for (PART.lastIndex = 0; PART.lastIndex < size.length; ) {
    sum += partOf(PART.exec(size) ?? [], fail);
    if (sum > LIMIT) fail();
  }
  if (text.startsWith('-')) return -sum;
  return sum === LIMIT ? fail() : sum;
}

/** The nanoseconds of one number and its unit. */
function partOf([, whole = '', fraction = '', unit = '']: string[], fail: (what?: string) => never): bigint {
  if (whole === '' && fraction === '') fail();
  // A number that is too large fails before its unit is looked at.
  if (BigInt(whole) > LIMIT) fail();
  if (unit === '') fail('missing unit in duration');
  const length = UNITS[unit] ?? fail(`unknown unit ${quote(unit)} in duration`);
  return BigInt(whole) * length + fractionOf(fraction, length);
}

/** Nanoseconds of a decimal fraction, as many digits of it as an int64 holds, in floating point as in Go. */
function fractionOf(digits: string, unit: bigint): bigint {
  let kept = digits;
  while (kept !== '' && BigInt(kept) >= LIMIT) kept = kept.slice(0, -1);
  return kept === '' ? 0n : BigInt(Math.trunc(Number(kept) * (Number(unit) / 10 ** kept.length)));
}
