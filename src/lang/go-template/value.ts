/**
 * Go's values in JavaScript, as templates, `fmt` and the template functions see them.
 *
 * | Go | here |
 * |---|---|
 * | nil interface | `null` |
 * | bool, string, float64, int | boolean, string (`go-string.ts`), number, bigint |
 * | other basic types, defined basic types (`types.UID`, `time.Duration`) | `GoScalar`, made by `typed` |
 * | slice, nil slice | `GoSlice` (`items` undefined) |
 * | map, nil map | `GoMap` (`isNil`) |
 * | struct | `GoStruct`; `time.Time` is `GoTime` of `go-time.ts` |
 * | pointer, nil pointer | `GoPointer` (`target` undefined) |
 * | func | `GoFunction` |
 * | error | `GoError` |
 *
 * A Go interface does not appear: an `interface {}` holding 3 is the 3. Every value knows its type (`typeOf`). All but
 * maps are immutable: to change one, make another. `undefined` is never a Go value.
 */
import { compareStrings } from './go-string.ts';
import {
  ANY,
  ANY_MAP,
  ANY_SLICE,
  BOOL,
  BYTES,
  ERROR,
  FLOAT64,
  funcType,
  type GoCallable,
  type GoMember,
  GoType,
  INT,
  STRING,
  STRING_SLICE,
  UINT8,
} from './go-type.ts';

/** Any Go value. What is neither null nor a primitive has its type in `type`. */
export type GoValue = null | boolean | string | number | bigint | GoObject;

export interface GoObject {
  readonly type: GoType;
}

export interface Complex {
  readonly real: number;
  readonly imaginary: number;
}

/** What a basic value is made of: integers of every size are bigints, floats numbers. */
export type Basic = boolean | string | number | bigint | Complex;

/** A value of a basic type that no JavaScript primitive stands for. Made by `typed`, which keeps the others primitive. */
export class GoScalar implements GoObject {
  readonly type: GoType;
  readonly value: Basic;

  constructor(type: GoType, value: Basic) {
    this.type = type;
    this.value = value;
  }
}

export class GoSlice implements GoObject {
  readonly type: GoType;
  /** Undefined in a nil slice. */
  readonly items: readonly GoValue[] | undefined;
  readonly capacity: number;

  constructor(type: GoType, items: readonly GoValue[] | undefined, capacity = items?.length ?? 0) {
    this.type = type;
    this.items = items;
    this.capacity = capacity;
  }

  get length(): number {
    return this.items?.length ?? 0;
  }
}

/** A key as it is kept: a basic value of the map's key type without its type, any value when that is an interface. */
type StoredKey = GoValue;

/** The only mutable value. Iteration is in no order that counts: Go prints and ranges over `sorted()`. */
export class GoMap implements GoObject {
  readonly type: GoType;
  #entries: Map<StoredKey, GoValue> | undefined;
  #json: object | undefined;

  /** Without entries the map is nil. Keys are values of the key type. */
  constructor(type: GoType, entries?: Iterable<readonly [GoValue, GoValue]>) {
    this.type = type;
    if (entries === undefined) return;
    this.#entries = new Map();
    for (const [key, value] of entries) this.set(key, value);
  }

  /** A `map[string]interface {}` over a parsed JSON object, whose members are converted when the map is first used. */
  static fromJson(members: object): GoMap {
    const map = new GoMap(ANY_MAP);
    map.#json = members;
    return map;
  }

  get isNil(): boolean {
    return this.#entries === undefined && this.#json === undefined;
  }

  get size(): number {
    return this.#open()?.size ?? 0;
  }

  get keyType(): GoType {
    return this.type.key ?? ANY;
  }

  /** The element type: what `missingkey=zero` and `index` fill in. */
  get elemType(): GoType {
    return this.type.elem ?? ANY;
  }

  get(key: GoValue): GoValue | undefined {
    if (this.#json !== undefined && typeof key === 'string' && Object.hasOwn(this.#json, key)) {
      // What cannot be changed needs no place to keep it.
      const member = (this.#json as Record<string, unknown>)[key];
      if (typeof member !== 'object' || member === null) return fromJson(member);
    }
    return this.#open()?.get(this.#stored(key));
  }

  has(key: GoValue): boolean {
    return this.#open()?.has(this.#stored(key)) ?? false;
  }

  /** Throws what Go panics with when the map is nil. */
  set(key: GoValue, value: GoValue): void {
    const entries = this.#open();
    if (entries === undefined) throw new GoError('assignment to entry in nil map');
    entries.set(this.#stored(key), value);
  }

  delete(key: GoValue): void {
    this.#open()?.delete(this.#stored(key));
  }

  *[Symbol.iterator](): Generator<[GoValue, GoValue]> {
    const { keyType } = this;
    for (const [key, value] of this.#open() ?? []) yield [keyType === ANY ? key : typed(keyType, basicOf(key)), value];
  }

  /** The entries in the order Go prints and ranges over them: https://pkg.go.dev/fmt#hdr-Printing. */
  sorted(): [GoValue, GoValue][] {
    return [...this].sort(([left], [right]) => compareKeys(left, right));
  }

  #open(): Map<StoredKey, GoValue> | undefined {
    if (this.#json !== undefined) {
      const entries = new Map<StoredKey, GoValue>();
      for (const [key, value] of Object.entries(this.#json)) entries.set(key.toWellFormed(), fromJson(value));
      this.#entries = entries;
      this.#json = undefined;
    }
    return this.#entries;
  }

  #stored(key: GoValue): StoredKey {
    if (!(key instanceof GoScalar)) return key;
    if (this.keyType.kind !== 'interface') return basicOf(key) as StoredKey;
    // Under an interface the type is part of the key, so the object that stands for an equal key is looked up.
    for (const known of this.#entries?.keys() ?? []) {
      if (known instanceof GoScalar && known.type === key.type && known.value === key.value) return known;
    }
    return key;
  }
}

export class GoStruct implements GoObject {
  readonly type: GoType;
  readonly #values: readonly GoValue[];

  /** One value for each of the type's fields, in their order. */
  constructor(type: GoType, values: readonly GoValue[]) {
    this.type = type;
    this.#values = values;
  }

  /** The value of the field at that index of `type.fields`. */
  field(index: number): GoValue {
    return this.#values[index] ?? null;
  }
}

/** A struct from its fields by name; what is not named has its zero value. */
export function structOf(type: GoType, fields: Readonly<Record<string, GoValue>>): GoStruct {
  return new GoStruct(
    type,
    type.fields.map((field) => fields[field.name] ?? zeroOf(field.type)),
  );
}

export class GoPointer implements GoObject {
  readonly type: GoType;
  /** Undefined in a nil pointer. */
  readonly target: GoValue | undefined;

  constructor(type: GoType, target?: GoValue) {
    this.type = type;
    this.target = target;
  }
}

/** `&value`. */
export const pointerTo = (value: GoValue): GoPointer => new GoPointer(typeOf(value).pointerTo(), value);

export class GoFunction implements GoObject {
  readonly type: GoType;
  readonly call: (args: readonly GoValue[]) => GoValue;

  constructor(callable: GoCallable, call: (args: readonly GoValue[]) => GoValue) {
    this.type = funcType(callable);
    this.call = call;
  }
}

const ERROR_STRING: GoType = new GoType('errors.errorString', 'struct', true, {
  fields: [{ name: 's', type: STRING }],
  methods: {
    Error: {
      params: [],
      result: STRING,
      pointer: true,
      call: (receiver) => (receiver instanceof GoStruct ? receiver.field(0) : null),
    },
  },
});

/**
 * An error. Thrown by a function it is what Go's would have returned as its last result: the execution fails with
 * `error calling NAME: MESSAGE`. As a value it is an `error` that prints its message.
 */
export class GoError extends Error implements GoObject {
  override readonly name = 'GoError';
  readonly type: GoType = ERROR_STRING.pointerTo();
}

/** What a pointer points to: undefined when it is nil, and for what is no pointer. */
export function targetOf(value: GoValue): GoValue | undefined {
  if (value instanceof GoPointer) return value.target;
  return value instanceof GoError ? new GoStruct(ERROR_STRING, [value.message]) : undefined;
}

/** The type Go would print for the value; `interface {}` for nil. */
export function typeOf(value: GoValue): GoType {
  switch (typeof value) {
    case 'string':
      return STRING;
    case 'bigint':
      return INT;
    case 'number':
      return FLOAT64;
    case 'boolean':
      return BOOL;
    default:
      return value === null ? ANY : value.type;
  }
}

/** A value of a basic or defined basic type; integers are wrapped to its size, as Go's conversions do. */
export function typed(type: GoType, value: Basic): GoValue {
  if (type === STRING || type === FLOAT64 || type === BOOL) return value as GoValue;
  if (typeof value === 'bigint') {
    const wrapped = wrapInteger(type, value);
    return type === INT ? wrapped : new GoScalar(type, wrapped);
  }
  return new GoScalar(type, type.kind === 'float32' && typeof value === 'number' ? Math.fround(value) : value);
}

/** What a value of a basic kind is made of, without its type; null for a value of any other kind. */
export function basicOf(value: GoValue): Basic {
  if (value instanceof GoScalar) return value.value;
  if (value === null || typeof value === 'object') throw new TypeError(`${typeOf(value).text} is not a basic type`);
  return value;
}

const BITS: Readonly<Record<string, number>> = { int8: 8, int16: 16, int32: 32, uint8: 8, uint16: 16, uint32: 32 };

/** An integer brought into the range of an integer type, as Go's arithmetic and conversions wrap. */
export function wrapInteger(type: GoType, value: bigint): bigint {
  const bits = BITS[type.kind] ?? 64;
  return type.kind.startsWith('uint') ? BigInt.asUintN(bits, value) : BigInt.asIntN(bits, value);
}

/** What a variable of the type holds before anything is assigned. */
export function zeroOf(type: GoType): GoValue {
  if (type.zero !== undefined) return type.zero();
  switch (type.kind) {
    case 'interface':
    case 'func':
      return null;
    case 'slice':
      return new GoSlice(type, undefined);
    case 'map':
      return new GoMap(type);
    case 'ptr':
      return new GoPointer(type);
    case 'struct':
      return structOf(type, {});
    case 'string':
      return typed(type, '');
    case 'bool':
      return typed(type, false);
    case 'float32':
    case 'float64':
      return typed(type, 0);
    case 'complex128':
      return typed(type, { real: 0, imaginary: 0 });
    default:
      return typed(type, 0n);
  }
}

/** A `[]interface {}`. */
export const anySlice = (items: readonly GoValue[]): GoSlice => new GoSlice(ANY_SLICE, items);
/** A `[]string`. */
export const stringSlice = (items: readonly string[]): GoSlice => new GoSlice(STRING_SLICE, items);
/** A `map[string]interface {}`. */
export const anyMap = (entries: Iterable<readonly [string, GoValue]>): GoMap => new GoMap(ANY_MAP, entries);

const EVERY_BYTE = Array.from({ length: 256 }, (_, byte) => new GoScalar(UINT8, BigInt(byte)));

/** A `[]uint8`. */
export const byteSlice = (bytes: Uint8Array): GoSlice =>
  new GoSlice(
    BYTES,
    Array.from(bytes, (byte) => EVERY_BYTE[byte] ?? null),
  );

/** The bytes of a slice whose elements are of kind uint8. */
export const bytesOf = (slice: GoSlice): Uint8Array =>
  Uint8Array.from(slice.items ?? [], (item) => Number(basicOf(item)));

/**
 * What `encoding/json` decodes into an `interface {}`: numbers become float64, objects `map[string]interface {}`, lists
 * `[]interface {}`, and half a surrogate pair U+FFFD. Members of objects are converted when they are first looked at.
 */
export function fromJson(json: unknown): GoValue {
  if (typeof json === 'string') return json.toWellFormed();
  if (Array.isArray(json)) return anySlice(json.map(fromJson));
  if (typeof json === 'object' && json !== null) return GoMap.fromJson(json);
  return typeof json === 'number' || typeof json === 'boolean' ? json : null;
}

/** Follows a path of `GoType.member` through a struct; undefined when a pointer on the way is nil. */
export function follow(struct: GoStruct, path: GoMember['path']): GoValue | undefined {
  let value: GoValue | undefined = struct;
  for (const index of path) {
    if (value instanceof GoPointer) value = value.target;
    if (!(value instanceof GoStruct)) return undefined;
    value = value.field(index);
  }
  return value;
}

/** Whether a value is an `error`. */
export const isError = (value: GoValue): boolean => typeOf(value).assignableTo(ERROR);

const KEY_ORDER = ['boolean', 'bigint', 'number', 'string', 'object'];

/** https://pkg.go.dev/internal/fmtsort: keys of different types follow each other in an order Go leaves open. */
function compareKeys(left: GoValue, right: GoValue): number {
  if (left === null || right === null) return Number(left !== null) - Number(right !== null);
  const [a, b] = [left instanceof GoScalar ? left.value : left, right instanceof GoScalar ? right.value : right];
  if (typeof a === 'string' && typeof b === 'string') return compareStrings(a, b);
  if (typeof a !== typeof b) return KEY_ORDER.indexOf(typeof a) - KEY_ORDER.indexOf(typeof b);
  if (typeof a === 'number' && Number.isNaN(a)) return -1;
  return a < b ? -1 : Number(a > b);
}
