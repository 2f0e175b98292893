import { describe, expect, test } from 'vitest';
import {
  ANY,
  ANY_MAP,
  INT,
  INT8,
  INT16,
  INT32,
  INT64,
  STRING,
  STRING_MAP,
  structType,
  UINT,
  UINT8,
  UINT16,
  UINT32,
  UINT64,
} from './go-type.ts';
import {
  anyMap,
  basicOf,
  fromJson,
  GoError,
  GoMap,
  GoSlice,
  GoStruct,
  isError,
  pointerTo,
  structOf,
  typed,
  typeOf,
  wrapInteger,
  zeroOf,
} from './value.ts';

describe('fromJson', () => {
  test('gives the types that encoding/json gives', () => {
    const types = [1, 'a', true, null, [1], { a: 1 }].map((json) => typeOf(fromJson(json)).text);
    expect(types).toEqual(['float64', 'string', 'bool', 'interface {}', '[]interface {}', 'map[string]interface {}']);
  });

  test('replaces half a surrogate pair, in names too', () => {
    const map = fromJson({ '\ud800': '\udc80' });
    expect(map instanceof GoMap && [...map]).toEqual([['\ufffd', '\ufffd']]);
  });

  test('keeps what is set in a nested map, and members named as those of every object', () => {
    const map = fromJson(JSON.parse('{"a":{"b":1},"__proto__":{"c":2}}'));
    const inner = map instanceof GoMap ? map.get('a') : null;
    if (inner instanceof GoMap) inner.set('d', 3);
    expect(map instanceof GoMap && map.get('a') === inner && map.has('__proto__')).toBe(true);
    expect(map instanceof GoMap && map.get('toString')).toBeUndefined();
  });
});

describe('GoMap', () => {
  test('is nil without entries, and cannot be written then', () => {
    const nil = new GoMap(STRING_MAP);
    expect([nil.isNil, nil.size, nil.get('a')]).toEqual([true, 0, undefined]);
    expect(() => nil.set('a', 'b')).toThrow('assignment to entry in nil map');
    expect(new GoMap(STRING_MAP, []).isNil).toBe(false);
  });

  test('knows keys by their values, and under an interface by their types too', () => {
    const numbers = new GoMap(STRING.mapFrom(INT32), [[typed(INT32, 1n), 'one']]);
    expect([numbers.get(typed(INT32, 1n)), [...numbers]]).toEqual(['one', [[typed(INT32, 1n), 'one']]]);
    const any = new GoMap(ANY.mapFrom(ANY), [
      [typed(INT32, 1n), 'int32'],
      [1n, 'int'],
      [1, 'float64'],
    ]);
    any.set(typed(INT32, 1n), 'again');
    expect([any.size, any.get(typed(INT32, 1n)), any.get(1n), any.get(1)]).toEqual([3, 'again', 'int', 'float64']);
    any.delete(1n);
    expect(any.has(1n)).toBe(false);
  });

  test('is sorted by bytes', () => {
    const map = anyMap(['😀', '\uffee', 'b', 'a'].map((key) => [key, null]));
    expect(map.sorted().map(([key]) => key)).toEqual(['a', 'b', '\uffee', '😀']);
  });
});

describe('typed', () => {
  test.each([
    [INT8, 0x80n, -0x80n],
    [INT16, 0x8000n, -0x8000n],
    [INT32, 1n << 31n, -(1n << 31n)],
    [INT64, 1n << 63n, -(1n << 63n)],
    [UINT8, 300n, 44n],
    [UINT16, -1n, 0xffffn],
    [UINT32, -1n, 0xffffffffn],
    [UINT64, -1n, (1n << 64n) - 1n],
    [UINT, 1n << 64n, 0n],
  ])('wraps integers to the size of $text', (type, value, wrapped) => {
    expect([basicOf(typed(type, value)), wrapInteger(type, value)]).toEqual([wrapped, wrapped]);
  });

  test('keeps the types JavaScript has a primitive for', () => {
    expect([typed(INT, 1n << 63n), typed(STRING, 'a')]).toEqual([-(1n << 63n), 'a']);
  });
});

describe('zeroOf', () => {
  test('is nil for what has a nil, and a struct of zeros for a struct', () => {
    const slice = zeroOf(STRING.sliceOf());
    expect(slice instanceof GoSlice && slice.items).toBeUndefined();
    expect([zeroOf(ANY), zeroOf(STRING), zeroOf(INT), zeroOf(UINT8)]).toEqual([null, '', 0n, typed(UINT8, 0n)]);
    const struct = zeroOf(structType('main.T', [{ name: 'A', type: ANY_MAP }]));
    const field = struct instanceof GoStruct ? struct.field(0) : null;
    expect(field instanceof GoMap && field.isNil).toBe(true);
  });
});

describe('GoType', () => {
  const inner = structType('main.Inner', [
    { name: 'A', type: STRING },
    { name: 'B', type: STRING },
  ]);
  const outer = structType('main.Outer', [
    { name: 'A', type: INT },
    { name: 'Inner', type: inner.pointerTo(), embedded: true },
  ]);

  test('promotes fields of embedded structs that nothing nearer hides', () => {
    expect([outer.member('A')?.path, outer.member('B')?.path]).toEqual([[0], [1, 1]]);
  });

  test('is one object for one composite type', () => {
    expect(inner.sliceOf()).toBe(inner.sliceOf());
    expect(typeOf(pointerTo(structOf(inner, {})))).toBe(inner.pointerTo());
  });

  test('knows an error', () => {
    expect([isError(new GoError('x')), isError('x')]).toEqual([true, false]);
  });
});
