/** The same value of each kind as `sample/kinds.go` has. */
import { DURATION, duration } from '../../src/lang/go-template/duration.ts';
import { fromBytes } from '../../src/lang/go-template/go-string.ts';
import { TIME, timeFromNanoseconds } from '../../src/lang/go-template/go-time.ts';
import {
  ANY,
  ANY_MAP,
  ANY_SLICE,
  BOOL,
  BYTES,
  COMPLEX128,
  definedType,
  ERROR,
  FLOAT32,
  FLOAT64,
  funcType,
  type GoType,
  INT,
  INT8,
  INT16,
  INT32,
  INT64,
  STRING,
  STRING_MAP,
  STRING_SLICE,
  structType,
  UINT,
  UINT8,
  UINT16,
  UINT32,
  UINT64,
} from '../../src/lang/go-template/go-type.ts';
import {
  anyMap,
  anySlice,
  basicOf,
  byteSlice,
  GoError,
  GoFunction,
  GoMap,
  GoPointer,
  GoSlice,
  GoStruct,
  type GoValue,
  pointerTo,
  stringSlice,
  structOf,
  typed,
} from '../../src/lang/go-template/value.ts';

const text = (value: GoValue | undefined): string => `${basicOf(value ?? '') as string | bigint}`;

const NAME = definedType('sample.Name', STRING, {
  String: { params: [], result: STRING, call: (name) => `<${text(name)}>` },
});
const UID = definedType('sample.UID', STRING);
const LEVEL = definedType('sample.Level', INT, {
  String: { params: [], result: STRING, call: (level) => `level ${text(level)}` },
});

const fieldAt = (receiver: GoValue, index: number): GoValue => {
  if (receiver instanceof GoStruct) return receiver.field(index);
  throw new GoError('runtime error: invalid memory address or nil pointer dereference');
};

const INNER = structType(
  'sample.Inner',
  [
    { name: 'Text', type: STRING, json: 'text,omitempty' },
    { name: 'Count', type: INT32, json: 'count' },
    { name: 'hidden', type: BOOL },
  ],
  {
    Shout: { params: [], result: STRING, call: (receiver) => text(fieldAt(receiver, 0)).toUpperCase() },
    Double: {
      params: [],
      result: INT32,
      pointer: true,
      call: (receiver) => typed(INT32, (basicOf(fieldAt(receiver, 1)) as bigint) * 2n),
    },
  },
);

const REPEAT = { params: [INT], result: STRING };

const FIELDS: readonly (readonly [string, GoType])[] = [
  ['Bool', BOOL],
  ['False', BOOL],
  ['Int', INT],
  ['Zero', INT],
  ['Negative', INT],
  ['Int8', INT8],
  ['Int16', INT16],
  ['Int32', INT32],
  ['Int64', INT64],
  ['Uint', UINT],
  ['Uint8', UINT8],
  ['Uint16', UINT16],
  ['Uint32', UINT32],
  ['Uint64', UINT64],
  ['Float32', FLOAT32],
  ['Float64', FLOAT64],
  ['NaN', FLOAT64],
  ['Inf', FLOAT64],
  ['Complex', COMPLEX128],
  ['String', STRING],
  ['Empty', STRING],
  ['Bad', STRING],
  ['Bytes', BYTES],
  ['Ints', INT.sliceOf()],
  ['Floats', FLOAT64.sliceOf()],
  ['Strings', STRING_SLICE],
  ['Anys', ANY_SLICE],
  ['NilSlice', STRING_SLICE],
  ['EmptySlice', STRING_SLICE],
  ['Map', STRING_MAP],
  ['AnyMap', ANY_MAP],
  ['IntMap', STRING.mapFrom(INT)],
  ['BoolMap', INT.mapFrom(BOOL)],
  ['Lists', STRING_SLICE.mapFrom(STRING)],
  ['NilMap', STRING_MAP],
  ['Inner', INNER],
  ['Pointer', INNER.pointerTo()],
  ['NilPointer', INNER.pointerTo()],
  ['Inners', INNER.sliceOf()],
  ['Pointers', INNER.pointerTo().sliceOf()],
  ['Any', ANY],
  ['AnyInner', ANY],
  ['NilAny', ANY],
  ['Error', ERROR],
  ['NilError', ERROR],
  ['Name', NAME],
  ['UID', UID],
  ['Level', LEVEL],
  ['Time', TIME],
  ['ZeroTime', TIME],
  ['TimePointer', TIME.pointerTo()],
  ['Duration', DURATION],
  ['IntPointer', INT.pointerTo()],
  ['Func', funcType(REPEAT)],
  ['NilFunc', funcType(REPEAT)],
  ['hidden', STRING],
];

const stringOf = (receiver: GoValue): string =>
  text(
    fieldAt(
      receiver,
      FIELDS.findIndex(([name]) => name === 'String'),
    ),
  );

const KINDS = structType(
  'sample.Kinds',
  FIELDS.map(([name, type]) => ({ name, type })),
  {
    Method: { params: [], result: STRING, call: (receiver) => `method of ${stringOf(receiver)}` },
    PointerMethod: {
      params: [],
      result: STRING,
      pointer: true,
      call: (receiver) => `pointer method of ${stringOf(receiver)}`,
    },
    Add: { params: [INT, INT], result: INT, call: (_, [a, b]) => (a as bigint) + (b as bigint) },
    Join: {
      params: [STRING, STRING],
      variadic: true,
      result: STRING,
      call: (_, [separator, ...parts]) => parts.map(text).join(text(separator)),
    },
    Fail: {
      params: [],
      result: STRING,
      call: () => {
        throw new GoError('failed as asked');
      },
    },
    Panic: {
      params: [],
      result: STRING,
      call: () => {
        throw new GoError('panicked as asked');
      },
    },
    Same: { params: [ANY], result: ANY, call: (_, [value = null]) => value },
  },
);

const inner = (fields: { Text?: string; Count?: bigint }): GoStruct =>
  structOf(INNER, { Text: fields.Text ?? '', Count: typed(INT32, fields.Count ?? 0n) });

const NUMBERS = (): Readonly<Record<string, GoValue>> => ({
  Bool: true,
  Int: 42n,
  Negative: -7n,
  Int8: typed(INT8, -8n),
  Int16: typed(INT16, 1600n),
  Int32: typed(INT32, -320000n),
  Int64: typed(INT64, 1n << 40n),
  Uint: typed(UINT, 7n),
  Uint8: typed(UINT8, 200n),
  Uint16: typed(UINT16, 60000n),
  Uint32: typed(UINT32, 4000000000n),
  Uint64: typed(UINT64, (1n << 64n) - 1n),
  Float32: typed(FLOAT32, 1.1),
  Float64: 3.14159,
  NaN: Number.NaN,
  Inf: Number.NEGATIVE_INFINITY,
  Complex: typed(COMPLEX128, { real: 1, imaginary: -2 }),
});

const CONTAINERS = (): Readonly<Record<string, GoValue>> => ({
  Bytes: byteSlice(Buffer.from('bytes\0\xff', 'latin1')),
  Ints: new GoSlice(INT.sliceOf(), [3n, 1n, 2n]),
  Floats: new GoSlice(FLOAT64.sliceOf(), [0.5, -1e21]),
  Strings: stringSlice(['b', 'a', '', 'c']),
  Anys: anySlice([1n, 'two', 3.5, null, true, anySlice(['x'])]),
  EmptySlice: stringSlice([]),
  Map: new GoMap(STRING_MAP, [
    ['b', '2'],
    ['a', '1'],
    ['c.d/e', '3'],
  ]),
  AnyMap: anyMap([
    ['n', null],
    ['s', 'text'],
    ['i', 5n],
    ['f', 2.5],
    ['m', anyMap([['k', 'v']])],
    ['l', anySlice([1n, 2n])],
  ]),
  IntMap: new GoMap(STRING.mapFrom(INT), [
    [10n, 'ten'],
    [-1n, 'minus'],
    [2n, 'two'],
  ]),
  BoolMap: new GoMap(INT.mapFrom(BOOL), [
    [true, 1n],
    [false, 0n],
  ]),
  Lists: new GoMap(STRING_SLICE.mapFrom(STRING), [['x', stringSlice(['1', '2'])]]),
});

/** Fresh each time, because templates can change maps. */
export function kinds(): GoStruct {
  const instant = timeFromNanoseconds(BigInt(Date.UTC(2024, 4, 13, 8, 11, 12)) * 1_000_000n + 345_678_900n);
  return structOf(KINDS, {
    ...NUMBERS(),
    ...CONTAINERS(),
    String: 'héllo <wörld> & "you"',
    Bad: fromBytes(Buffer.from('a\xffb\xc3', 'latin1')),
    Inner: inner({ Text: 'inner', Count: 3n }),
    Pointer: pointerTo(inner({ Text: 'pointed', Count: 4n })),
    Inners: new GoSlice(INNER.sliceOf(), [inner({ Text: 'one', Count: 1n }), inner({ Count: 2n })]),
    Pointers: new GoSlice(INNER.pointerTo().sliceOf(), [
      pointerTo(inner({ Text: 'p' })),
      new GoPointer(INNER.pointerTo()),
    ]),
    Any: 7n,
    AnyInner: inner({ Text: 'inner', Count: 3n }),
    Error: new GoError('boom'),
    Name: typed(NAME, 'name'),
    UID: typed(UID, 'u-1'),
    Level: typed(LEVEL, 3n),
    Time: instant,
    TimePointer: pointerTo(instant),
    Duration: duration(5_401_500_000_000n),
    IntPointer: pointerTo(7n),
    Func: new GoFunction(REPEAT, ([count]) => 'x'.repeat(Number(count))),
    hidden: 'hidden',
  });
}
