/** `time.Time`: an instant in nanoseconds and the zone it is read in. https://pkg.go.dev/time#Time */
import { type Civil, civilFromSeconds, daysFromCivil } from './calendar.ts';
import { DURATION, duration, saturated } from './duration.ts';
import { BOOL, definedType, type GoMethod, GoType, INT, INT64, STRING, UINT64 } from './go-type.ts';
import { formatTime, MONTHS, WEEKDAYS } from './time-layout.ts';
import { GoLocation, LOCAL, UTC } from './time-zone.ts';
import { basicOf, GoError, GoPointer, GoStruct, type GoValue, typed } from './value.ts';

const BILLION = 1_000_000_000n;
/** From 0001-01-01, where Go's zero time is, to 1970-01-01. */
const ZERO_SECONDS = -62_135_596_800;

const named = (names: readonly string[], first: number, type: string) => ({
  String: {
    params: [],
    result: STRING,
    call: (receiver: GoValue) => {
      const index = Number(basicOf(receiver));
      return names[index - first] ?? `%!${type}(${index})`;
    },
  },
});

const MONTH = definedType('time.Month', INT, named(MONTHS, 1, 'Month'));
const WEEKDAY = definedType('time.Weekday', INT, named(WEEKDAYS, 0, 'Weekday'));

const LOCATION_POINTER = UTC.type;

export class GoTime extends GoStruct {
  /** Whole seconds since 1970-01-01T00:00:00Z. */
  readonly unixSeconds: number;
  /** 0 to 999,999,999. */
  readonly nanosecond: number;
  readonly location: GoLocation;
  #civil: Civil | undefined;

  constructor(unixSeconds: number, nanosecond: number, location: GoLocation = UTC) {
    super(TIME, []);
    this.unixSeconds = unixSeconds;
    this.nanosecond = nanosecond;
    this.location = location;
  }

  /** Go's own fields, which nothing but `fmt` without its methods shows. */
  override field(index: number): GoValue {
    if (index === 0) return typed(UINT64, BigInt(this.nanosecond));
    if (index === 1) return typed(INT64, BigInt(this.unixSeconds - ZERO_SECONDS));
    return this.location === UTC ? new GoPointer(LOCATION_POINTER) : this.location;
  }

  /** The date and time of day in its zone. */
  get civil(): Civil {
    this.#civil ??= civilFromSeconds(this.unixSeconds + this.location.offsetAt(this.unixSeconds).seconds);
    return this.#civil;
  }

  get unixNanoseconds(): bigint {
    return BigInt(this.unixSeconds) * BILLION + BigInt(this.nanosecond);
  }

  get isZero(): boolean {
    return this.unixSeconds === ZERO_SECONDS && this.nanosecond === 0;
  }

  in(location: GoLocation): GoTime {
    return new GoTime(this.unixSeconds, this.nanosecond, location);
  }

  /** `Time.Add`, in nanoseconds. */
  add(nanoseconds: bigint): GoTime {
    return timeFromNanoseconds(this.unixNanoseconds + nanoseconds, this.location);
  }

  /** `Time.Format`. */
  format(layout: string): string {
    const { nanosecond } = this;
    return formatTime({ ...this.civil, nanosecond, zone: this.location.offsetAt(this.unixSeconds) }, layout);
  }

  override toString(): string {
    return this.format('2006-01-02 15:04:05.999999999 -0700 MST');
  }
}

export function timeFromNanoseconds(unixNanoseconds: bigint, location: GoLocation = UTC): GoTime {
  const nanosecond = ((unixNanoseconds % BILLION) + BILLION) % BILLION;
  return new GoTime(Number((unixNanoseconds - nanosecond) / BILLION), Number(nanosecond), location);
}

/** The time at a date and time of day in a zone, `time.Date`: what goes beyond its range carries over. */
export function timeFromCivil(
  civil: Pick<Civil, 'year' | 'month' | 'day' | 'hour' | 'minute' | 'second'>,
  nanosecond: number,
  location: GoLocation,
): GoTime {
  const { year, month, day, hour, minute, second } = civil;
  const wall = daysFromCivil(year, month, day) * 86_400 + hour * 3600 + minute * 60 + second;
  // The offset is that of the instant, which is not known yet: it is looked up at one nearby.
  const near = wall - location.offsetAt(wall).seconds;
  return new GoTime(wall - location.offsetAt(near).seconds, nanosecond, location);
}

const timeOf = (value: GoValue | undefined): GoTime => {
  if (value instanceof GoTime) return value;
  throw new GoError('runtime error: invalid memory address or nil pointer dereference');
};

const compareTimes = (left: GoTime, right: GoTime): number =>
  left.unixSeconds - right.unixSeconds || left.nanosecond - right.nanosecond;

const getter = (result: GoType, get: (time: GoTime) => GoValue): GoMethod => ({
  params: [],
  result,
  call: (receiver) => get(timeOf(receiver)),
});

const int = (get: (time: GoTime) => number): GoMethod => getter(INT, (time) => BigInt(get(time)));

const unix = (unit: bigint): GoMethod => getter(INT64, (time) => typed(INT64, floorDivide(time.unixNanoseconds, unit)));

const floorDivide = (value: bigint, unit: bigint): bigint => (value - (((value % unit) + unit) % unit)) / unit;

/** `time.Time`. Its methods with more than one result are left out: templates cannot call them. */
export const TIME: GoType = new GoType('time.Time', 'struct', true, {
  fields: [
    { name: 'wall', type: UINT64 },
    { name: 'ext', type: INT64 },
    { name: 'loc', type: LOCATION_POINTER },
  ],
  zero: () => ZERO_TIME,
  methods: {
    String: getter(STRING, (time) => time.toString()),
    GoString: getter(STRING, goString),
    Format: {
      params: [STRING],
      result: STRING,
      call: (time, [layout]) => timeOf(time).format(typeof layout === 'string' ? layout : ''),
    },
    Year: int((time) => time.civil.year),
    Month: getter(MONTH, (time) => typed(MONTH, BigInt(time.civil.month))),
    Day: int((time) => time.civil.day),
    Weekday: getter(WEEKDAY, (time) => typed(WEEKDAY, BigInt(time.civil.weekday))),
    YearDay: int((time) => time.civil.yearDay),
    Hour: int((time) => time.civil.hour),
    Minute: int((time) => time.civil.minute),
    Second: int((time) => time.civil.second),
    Nanosecond: int((time) => time.nanosecond),
    Unix: unix(BILLION),
    UnixMilli: unix(1_000_000n),
    UnixMicro: unix(1000n),
    UnixNano: unix(1n),
    IsZero: getter(BOOL, (time) => time.isZero),
    UTC: { params: [], call: (time) => timeOf(time).in(UTC) },
    Local: { params: [], call: (time) => timeOf(time).in(LOCAL) },
    Location: getter(LOCATION_POINTER, (time) => time.location),
  },
});

/** Methods whose parameters are times themselves. */
const TIME_METHODS: Readonly<Record<string, GoMethod>> = {
  In: {
    params: [LOCATION_POINTER],
    result: TIME,
    call: (time, [location]) => timeOf(time).in(location instanceof GoLocation ? location : UTC),
  },
  Add: {
    params: [DURATION],
    result: TIME,
    call: (time, [by]) => timeOf(time).add(BigInt(basicOf(by ?? 0n) as bigint)),
  },
  Round: toUnit((rest, unit) => (2n * rest < unit ? -rest : unit - rest)),
  Truncate: toUnit((rest) => -rest),
  Sub: {
    params: [TIME],
    result: DURATION,
    call: (time, [other]) => duration(saturated(timeOf(time).unixNanoseconds - timeOf(other).unixNanoseconds)),
  },
  AddDate: {
    params: [INT, INT, INT],
    result: TIME,
    call: (receiver, args) => {
      const time = timeOf(receiver);
      const [years = 0, months = 0, days = 0] = args.map(Number);
      const { year, month, day } = time.civil;
      const moved = { ...time.civil, year: year + years, month: month + months, day: day + days };
      return timeFromCivil(moved, time.nanosecond, time.location);
    },
  },
  After: { params: [TIME], result: BOOL, call: (time, [other]) => compareTimes(timeOf(time), timeOf(other)) > 0 },
  Before: { params: [TIME], result: BOOL, call: (time, [other]) => compareTimes(timeOf(time), timeOf(other)) < 0 },
  Equal: { params: [TIME], result: BOOL, call: (time, [other]) => compareTimes(timeOf(time), timeOf(other)) === 0 },
  Compare: {
    params: [TIME],
    result: INT,
    call: (time, [other]) => BigInt(Math.sign(compareTimes(timeOf(time), timeOf(other)))),
  },
};
// They could not be named before the type was there.
Object.assign(TIME.methods, TIME_METHODS);

/** Moves a time to a multiple of a unit since Go's zero time, by what it is beyond the one before. */
function toUnit(move: (rest: bigint, unit: bigint) => bigint): GoMethod {
  return {
    params: [DURATION],
    result: TIME,
    call: (receiver, [by = 0n]) => {
      const time = timeOf(receiver);
      const unit = BigInt(basicOf(by) as bigint);
      const sinceZero = time.unixNanoseconds - BigInt(ZERO_SECONDS) * BILLION;
      return unit <= 0n ? time : time.add(move(((sinceZero % unit) + unit) % unit, unit));
    },
  };
}

/** 0001-01-01 00:00:00 UTC. */
export const ZERO_TIME = new GoTime(ZERO_SECONDS, 0, UTC);

function goString(time: GoTime): string {
  const { year, month, day, hour, minute, second } = time.civil;
  const location =
    time.location === UTC
      ? 'time.UTC'
      : time.location === LOCAL
        ? 'time.Local'
        : `time.Location("${time.location.name}")`;
  return `time.Date(${year}, time.${MONTHS[month - 1] ?? ''}, ${day}, ${hour}, ${minute}, ${second}, ${time.nanosecond}, ${location})`;
}
