/** Values of every kind for the tables of `*.test.ts`, whose results were written by Go for the same values. */
import { duration } from './duration.ts';
import type { TemplateFunctions } from './functions.ts';
import { fromBytes } from './go-string.ts';
import { GoTime, TIME, ZERO_TIME } from './go-time.ts';
import {
  ANY,
  ANY_MAP,
  BOOL,
  BYTES,
  definedType,
  ERROR,
  FLOAT32,
  FLOAT64,
  INT,
  INT8,
  INT32,
  INT64,
  STRING,
  STRING_MAP,
  STRING_SLICE,
  structType,
  UINT8,
  UINT64,
} from './go-type.ts';
import {
  anyMap,
  anySlice,
  basicOf,
  byteSlice,
  fromJson,
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
} from './value.ts';

const textOf = (value: GoValue | undefined): string => (typeof value === 'string' ? value : '');

const UID = definedType('main.UID', STRING);
const LEVEL = definedType('main.Level', INT, {
  String: { params: [], result: STRING, call: (level) => ['low', 'mid', 'high'][Number(basicOf(level))] ?? '' },
});
const LABELS = definedType('main.Labels', STRING_MAP, { Joined: { params: [], result: STRING, call: () => 'joined' } });

/** A field of a receiver that Go would have to dereference. */
function fieldOf(receiver: GoValue, index: number): string {
  if (!(receiver instanceof GoStruct)) {
    throw new GoError('runtime error: invalid memory address or nil pointer dereference');
  }
  return textOf(receiver.field(index));
}

const INNER = structType(
  'main.Inner',
  [
    { name: 'Kind', type: STRING },
    { name: 'Name', type: STRING },
    { name: 'private', type: INT },
  ],
  {
    String: { params: [], result: STRING, pointer: true, call: (inner) => `&Inner{${fieldOf(inner, 0)}}` },
    Ref: {
      params: [STRING],
      result: STRING,
      pointer: true,
      call: (inner, [prefix]) => textOf(prefix) + fieldOf(inner, 1),
    },
  },
);

const STAMP = structType('main.Stamp', [{ name: 'Time', type: TIME, embedded: true }]);

const META = structType(
  'main.Meta',
  [
    { name: 'Name', type: STRING },
    { name: 'UID', type: UID },
    { name: 'Labels', type: STRING_MAP },
    { name: 'Created', type: STAMP },
  ],
  {
    GetName: { params: [], result: STRING, call: (meta) => fieldOf(meta, 0) },
    GetUID: {
      params: [],
      result: UID,
      pointer: true,
      call: (meta) => (meta instanceof GoStruct ? meta.field(1) : null),
    },
  },
);

const VAL = structType(
  'main.Val',
  [
    { name: 'A', type: INT },
    { name: 'B', type: STRING },
  ],
  {
    Hello: {
      params: [INT, STRING],
      result: STRING,
      call: (_, [count = 0n, text = '']) => {
        if (Number(count) < 0) throw new GoError('negative');
        return text;
      },
    },
    Many: { params: [STRING], variadic: true, result: STRING, call: (_, texts) => texts.map(textOf).join('+') },
  },
);

const repeat = new GoFunction({ params: [INT, STRING], result: STRING }, ([count = 0n, text = '']) =>
  textOf(text).repeat(Number(count)),
);

const EVENT = structType('main.Event', [
  { name: 'Meta', type: META, embedded: true },
  { name: 'Obj', type: INNER },
  { name: 'Ptr', type: INNER.pointerTo() },
  { name: 'NilPtr', type: INNER.pointerTo() },
  { name: 'Count', type: INT32 },
  { name: 'Any', type: ANY },
  { name: 'Level', type: LEVEL },
  { name: 'List', type: VAL.sliceOf() },
  { name: 'Strs', type: STRING_SLICE },
  { name: 'Bytes', type: BYTES },
  { name: 'Iface', type: ANY.sliceOf() },
  { name: 'Lbl', type: LABELS },
  { name: 'IM', type: STRING.mapFrom(INT) },
  { name: 'F32', type: FLOAT32 },
  { name: 'Ctl', type: BOOL.pointerTo() },
  { name: 'NilCtl', type: BOOL.pointerTo() },
  { name: 'NilMap', type: STRING_MAP },
  { name: 'NilSlice', type: INT.sliceOf() },
  { name: 'Fn', type: repeat.type },
  { name: 'Err', type: ERROR },
  { name: 'V', type: VAL },
  { name: 'hidden', type: INT },
]);

const inner = (kind: string, name: string, number: bigint): GoStruct =>
  structOf(INNER, { Kind: kind, Name: name, private: number });
const val = (a: bigint, b: string): GoStruct => structOf(VAL, { A: a, B: b });
const stringMap = (entries: Readonly<Record<string, string>>): GoMap => new GoMap(STRING_MAP, Object.entries(entries));
const time = new GoTime(Date.UTC(2024, 1, 29, 13, 4, 5) / 1000, 123_456_000);

const event = pointerTo(
  structOf(EVENT, {
    Meta: structOf(META, {
      Name: 'web-1',
      UID: typed(UID, 'u-1'),
      Labels: stringMap({ app: 'web', tier: 'é<b>' }),
      Created: structOf(STAMP, { Time: time }),
    }),
    Obj: inner('Pod', 'web', 1n),
    Ptr: pointerTo(inner('Node', 'n1', 2n)),
    Count: typed(INT32, 7n),
    Any: 'x',
    Level: typed(LEVEL, 2n),
    List: new GoSlice(VAL.sliceOf(), [val(1n, 'a'), val(2n, 'b')]),
    Strs: stringSlice(['x', 'y z']),
    Bytes: byteSlice(Buffer.from('hi\0')),
    Iface: anySlice([1n, 'two', 3.5, null, true, anySlice([1n]), anyMap([['k', 'v']])]),
    Lbl: new GoMap(LABELS, [['l', '1']]),
    IM: new GoMap(STRING.mapFrom(INT), [
      [2n, 'two'],
      [1n, 'one'],
      [-1n, 'neg'],
    ]),
    F32: typed(FLOAT32, 1.1),
    Ctl: pointerTo(true),
    Fn: repeat,
    Err: new GoError('boom'),
    V: val(5n, 'v'),
  }),
);

/** What dot is in the tables: a `map[string]interface {}`. */
export const data: GoMap = anyMap([
  ['ev', event],
  ['obj', inner('Node', 'n1', 2n)],
  ['s', 'hello'],
  ['e', ''],
  ['uni', 'héllo wörld ✓ 😀'],
  ['bad', fromBytes(Uint8Array.of(0x61, 0xff, 0x62, 0xf0, 0x9f))],
  ['i', 42n],
  ['n', -7n],
  ['z', 0n],
  ['f', 3.14159],
  ['fbig', 1e21],
  ['fint', 7],
  ['fsmall', 0.000012345],
  ['fneg', -2.5],
  ['t', true],
  ['nil', null],
  ['i8', typed(INT8, -128n)],
  ['i64', typed(INT64, 1n << 40n)],
  ['u8', typed(UINT8, 200n)],
  ['u64', typed(UINT64, (1n << 64n) - 1n)],
  ['f32', typed(FLOAT32, 0.1)],
  ['uid', typed(UID, 'id-1')],
  ['list', anySlice(['a', 1.5, null, fromJson({ k: 1 })])],
  ['ints', new GoSlice(INT.sliceOf(), [3n, 1n, 2n])],
  ['empty', anySlice([])],
  ['strs', stringSlice(['q', 'w'])],
  ['map', fromJson({ b: 2, a: 'one', c: null, nested: { x: { y: 'z' } } })],
  ['smap', stringMap({ k2: 'v2', k1: 'v1' })],
  ['time', time],
  ['zero', ZERO_TIME],
  ['dur', duration(1_500_000_000n)],
  ['err', new GoError('bad thing')],
  ['bytes', byteSlice(Uint8Array.of(1, 2, 250))],
  ['fn', new GoFunction({ params: [INT], result: INT }, ([value = 0n]) => BigInt(basicOf(value) as bigint) * 2n)],
  ['pi', pointerTo(5n)],
  ['nilpi', new GoPointer(INT.pointerTo())],
]);

export const functions: TemplateFunctions = {
  upper: { params: [STRING], result: STRING, call: ([text = '']) => textOf(text).toUpperCase() },
  dbl: { params: [FLOAT64], result: FLOAT64, call: ([value]) => Number(value) * 2 },
  i64: { params: [INT64], result: INT64, call: ([value = null]) => value },
  u8: { params: [UINT8], result: UINT8, call: ([value = null]) => value },
  flag: { params: [BOOL], result: BOOL, call: ([value]) => value !== true },
  strsl: { params: [STRING_SLICE], result: INT, call: ([list]) => BigInt(list instanceof GoSlice ? list.length : -1) },
  mapsa: { params: [ANY_MAP], result: INT, call: ([map]) => BigInt(map instanceof GoMap ? map.size : -1) },
  fail: {
    params: [STRING],
    result: STRING,
    call: ([text = '']) => {
      throw new GoError(textOf(text));
    },
  },
  mk: { params: [], result: ANY_MAP, call: () => anyMap([['x', 'y']]) },
  getany: { params: [], call: () => 'str' },
  nilany: { params: [], call: () => null },
};
