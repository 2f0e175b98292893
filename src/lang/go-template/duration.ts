/** `time.Duration`: whole nanoseconds. https://pkg.go.dev/time#Duration */
import { definedType, FLOAT64, type GoMethod, INT64, STRING } from './go-type.ts';
import { basicOf, type GoValue, typed } from './value.ts';

const SECOND = 1_000_000_000n;

const nanosecondsOf = (value: GoValue): bigint => BigInt.asIntN(64, BigInt(basicOf(value) as bigint));

const inUnits = (unit: bigint) => (receiver: GoValue) => {
  const nanoseconds = nanosecondsOf(receiver);
  return Number(nanoseconds / unit) + Number(nanoseconds % unit) / Number(unit);
};

const wholeUnits = (unit: bigint) => (receiver: GoValue) => typed(INT64, nanosecondsOf(receiver) / unit);

const abs = (value: bigint): bigint => (value < 0n ? -value : value);

export const DURATION = definedType('time.Duration', INT64, {
  String: { params: [], result: STRING, call: (receiver) => formatDuration(nanosecondsOf(receiver)) },
  Hours: { params: [], result: FLOAT64, call: inUnits(3600n * SECOND) },
  Minutes: { params: [], result: FLOAT64, call: inUnits(60n * SECOND) },
  Seconds: { params: [], result: FLOAT64, call: inUnits(SECOND) },
  Milliseconds: { params: [], result: INT64, call: wholeUnits(1_000_000n) },
  Microseconds: { params: [], result: INT64, call: wholeUnits(1000n) },
  Nanoseconds: { params: [], result: INT64, call: wholeUnits(1n) },
  Abs: { params: [], call: (receiver) => duration(abs(nanosecondsOf(receiver))) },
});
// They could not name their parameter before the type was there.
Object.assign(DURATION.methods, {
  Round: toUnit(rounded),
  Truncate: toUnit((value, unit) => (unit > 0n ? value - (value % unit) : value)),
});

function toUnit(change: (value: bigint, unit: bigint) => bigint): GoMethod {
  return {
    params: [DURATION],
    result: DURATION,
    call: (receiver, [unit = 0n]) => duration(change(nanosecondsOf(receiver), nanosecondsOf(unit))),
  };
}

const LONGEST = (1n << 63n) - 1n;

/** The duration that is closest: 292 years is as far as they reach. */
export const saturated = (nanoseconds: bigint): bigint =>
  nanoseconds > LONGEST ? LONGEST : nanoseconds < -LONGEST ? -LONGEST - 1n : nanoseconds;

/** `Duration.Round`: away from zero in the middle. */
export function rounded(nanoseconds: bigint, unit: bigint): bigint {
  if (unit <= 0n) return nanoseconds;
  const rest = abs(nanoseconds % unit);
  const size = abs(nanoseconds) - rest + (2n * rest < unit ? 0n : unit);
  return saturated(nanoseconds < 0n ? -size : size);
}

export const duration = (nanoseconds: bigint): GoValue => typed(DURATION, nanoseconds);

/** `1h2m3.5s`, `1.5ms`, `0s`. */
export function formatDuration(nanoseconds: bigint): string {
  if (nanoseconds === 0n) return '0s';
  const sign = nanoseconds < 0n ? '-' : '';
  const size = abs(nanoseconds);
  if (size < 1000n) return `${sign}${size}ns`;
  if (size < 1_000_000n) return `${sign}${withFraction(size, 1000n)}µs`;
  if (size < SECOND) return `${sign}${withFraction(size, 1_000_000n)}ms`;
  const seconds = `${withFraction(size % (60n * SECOND), SECOND)}s`;
  const minutes = size / (60n * SECOND);
  if (minutes === 0n) return sign + seconds;
  return minutes < 60n ? `${sign}${minutes}m${seconds}` : `${sign}${minutes / 60n}h${minutes % 60n}m${seconds}`;
}

function withFraction(value: bigint, unit: bigint): string {
  const fraction = (value % unit)
    .toString()
    .padStart(unit.toString().length - 1, '0')
    .replace(/0+$/, '');
  return `${value / unit}${fraction === '' ? '' : `.${fraction}`}`;
}
