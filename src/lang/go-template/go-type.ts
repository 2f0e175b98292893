/**
 * Go's types as far as templates can see them: what `%T` prints, what arguments are checked against, which fields and
 * methods a value has. A type is one object: two types are the same when they are the same object, and composite types
 * made by the functions below are made once.
 *
 * https://go.dev/ref/spec#Types, https://pkg.go.dev/reflect#Type
 */
import type { GoValue } from './value.ts';

export type Kind =
  | 'bool'
  | 'int'
  | 'int8'
  | 'int16'
  | 'int32'
  | 'int64'
  | 'uint'
  | 'uint8'
  | 'uint16'
  | 'uint32'
  | 'uint64'
  | 'float32'
  | 'float64'
  | 'complex128'
  | 'string'
  | 'slice'
  | 'map'
  | 'struct'
  | 'ptr'
  | 'func'
  | 'interface';

/** What can be called with Go values, and what its arguments are checked against before it is. */
export interface GoCallable {
  /** One for each parameter; of a variadic one the last is the type of each further argument, not of the slice. */
  readonly params: readonly GoType[];
  readonly variadic?: boolean;
  /** `interface {}` when absent. */
  readonly result?: GoType;
}

export interface GoMethod extends GoCallable {
  /** Declared on `*T`: only a pointer, or a value reached through one, has it. */
  readonly pointer?: boolean;
  /** The receiver is the value itself also for a method of the pointer; null when the pointer is nil. */
  readonly call: (receiver: GoValue, args: readonly GoValue[]) => GoValue;
}

export interface GoField {
  readonly name: string;
  readonly type: GoType;
  /** Its fields and methods are promoted. */
  readonly embedded?: boolean;
  /** The tag `encoding/json` goes by: `count,omitempty`. */
  readonly json?: string;
}

/** A field or method of a struct, its own or promoted: `path` leads through the embedded fields to it. */
export interface GoMember {
  readonly path: readonly number[];
  readonly field?: GoField;
  readonly method?: GoMethod;
}

interface GoTypeParts {
  readonly elem?: GoType;
  readonly key?: GoType;
  readonly fields?: readonly GoField[];
  readonly methods?: Readonly<Record<string, GoMethod>>;
  readonly callable?: GoCallable;
  /** The type literal behind a defined type. */
  readonly underlying?: GoType;
  /** What a variable of the type holds before anything is assigned, for types that are no plain struct here. */
  readonly zero?: () => GoValue;
}

export class GoType {
  /** As `%T` prints it: `map[string]interface {}`, `*v1.Event`. */
  readonly text: string;
  readonly kind: Kind;
  /** Has a name: a basic or a defined type, not a type literal. */
  readonly named: boolean;
  readonly elem: GoType | undefined;
  readonly key: GoType | undefined;
  readonly fields: readonly GoField[];
  readonly methods: Readonly<Record<string, GoMethod>>;
  readonly callable: GoCallable | undefined;
  readonly underlying: GoType;
  readonly zero: (() => GoValue) | undefined;
  #members: Map<string, GoMember> | undefined;
  #slice: GoType | undefined;
  #pointer: GoType | undefined;
  readonly #maps = new Map<GoType, GoType>();

  constructor(text: string, kind: Kind, named: boolean, parts: GoTypeParts = {}) {
    this.text = text;
    this.kind = kind;
    this.named = named;
    this.elem = parts.elem;
    this.key = parts.key;
    this.fields = parts.fields ?? [];
    this.methods = parts.methods ?? {};
    this.callable = parts.callable;
    this.underlying = parts.underlying ?? this;
    this.zero = parts.zero;
  }

  /** The field or method of that name; of a pointer, that of what it points to. */
  member(name: string): GoMember | undefined {
    if (this.kind === 'ptr') return this.elem?.kind === 'ptr' ? undefined : this.elem?.member(name);
    this.#members ??= membersOf(this);
    return this.#members.get(name);
  }

  /** The method a value of the type can be called with, and with `addressable` also those of its pointer. */
  method(name: string, addressable = false): GoMember | undefined {
    const member = this.member(name);
    if (member?.method === undefined) return undefined;
    const reached = addressable || this.kind === 'ptr' || passesPointer(this, member.path);
    return member.method.pointer === true && !reached ? undefined : member;
  }

  /** Whether a value of this type can be assigned to a variable of the other one. */
  assignableTo(target: GoType): boolean {
    if (this === target) return true;
    if (target.kind === 'interface') {
      return Object.keys(target.methods).every((name) =>
        this.kind === 'interface' ? name in this.methods : this.method(name) !== undefined,
      );
    }
    return !(this.named && target.named) && this.underlying === target.underlying;
  }

  sliceOf(): GoType {
    this.#slice ??= new GoType(`[]${this.text}`, 'slice', false, { elem: this });
    return this.#slice;
  }

  pointerTo(): GoType {
    this.#pointer ??= new GoType(`*${this.text}`, 'ptr', false, { elem: this });
    return this.#pointer;
  }

  /** `map[key]this`. */
  mapFrom(key: GoType): GoType {
    let type = this.#maps.get(key);
    if (type === undefined) {
      type = new GoType(`map[${key.text}]${this.text}`, 'map', false, { elem: this, key });
      this.#maps.set(key, type);
    }
    return type;
  }
}

/** Breadth first, because the shallowest name wins and two at the same depth hide each other. */
function membersOf(type: GoType): Map<string, GoMember> {
  const members = new Map<string, GoMember>();
  let level: { type: GoType; path: readonly number[] }[] = [{ type, path: [] }];
  while (level.length > 0) {
    const found = new Map<string, GoMember[]>();
    const note = (name: string, member: GoMember): void => {
      found.set(name, [...(found.get(name) ?? []), member]);
    };
    const next: typeof level = [];
    for (const { type: owner, path } of level) {
      for (const [name, method] of Object.entries(owner.methods)) note(name, { path, method });
      owner.fields.forEach((field, index) => {
        const inner = [...path, index];
        note(field.name, { path: inner, field });
        if (field.embedded === true) next.push({ type: elementOf(field.type), path: inner });
      });
    }
    for (const [name, [member, ...others]] of found) {
      if (member !== undefined && others.length === 0 && !members.has(name)) members.set(name, member);
    }
    level = next;
  }
  return members;
}

const elementOf = (type: GoType): GoType => (type.kind === 'ptr' && type.elem !== undefined ? type.elem : type);

function passesPointer(type: GoType, path: readonly number[]): boolean {
  let owner = type;
  for (const index of path) {
    const field = owner.fields[index]?.type;
    if (field === undefined) return false;
    if (field.kind === 'ptr') return true;
    owner = field;
  }
  return false;
}

const basic = (kind: Kind): GoType => new GoType(kind, kind, true);

export const BOOL = basic('bool');
export const INT = basic('int');
export const INT8 = basic('int8');
export const INT16 = basic('int16');
export const INT32 = basic('int32');
export const INT64 = basic('int64');
export const UINT = basic('uint');
export const UINT8 = basic('uint8');
export const UINT16 = basic('uint16');
export const UINT32 = basic('uint32');
export const UINT64 = basic('uint64');
export const FLOAT32 = basic('float32');
export const FLOAT64 = basic('float64');
export const COMPLEX128 = basic('complex128');
export const STRING = basic('string');
/** `interface {}`. */
export const ANY = new GoType('interface {}', 'interface', false);
export const ERROR = new GoType('error', 'interface', true, {
  methods: { Error: { params: [], result: STRING, call: () => '' } },
});
export const ANY_SLICE = ANY.sliceOf();
export const STRING_SLICE = STRING.sliceOf();
export const BYTES = UINT8.sliceOf();
/** `map[string]interface {}`. */
export const ANY_MAP = ANY.mapFrom(STRING);
/** `map[string]string`. */
export const STRING_MAP = STRING.mapFrom(STRING);

/** `type text underlying`: `definedType('types.UID', STRING)`. */
export function definedType(
  text: string,
  underlying: GoType,
  methods: Readonly<Record<string, GoMethod>> = {},
): GoType {
  const { kind, elem, key, fields, callable, zero } = underlying;
  return new GoType(text, kind, true, {
    ...(elem && { elem }),
    ...(key && { key }),
    ...(callable && { callable }),
    ...(zero && { zero }),
    fields,
    methods,
    underlying: underlying.underlying,
  });
}

/** `type text struct { fields }`. Fields whose name does not begin with an upper-case letter are not exported. */
export function structType(
  text: string,
  fields: readonly GoField[],
  methods: Readonly<Record<string, GoMethod>> = {},
): GoType {
  return new GoType(text, 'struct', true, { fields, methods });
}

/** Whether values of the type are integers, signed or not. */
export const isInteger = (type: GoType): boolean => /^u?int\d*$/.test(type.kind);

export const isExported = (name: string): boolean => /^\p{Lu}/u.test(name);

/** The type of a function: `func(string, ...int) string`. */
export function funcType(callable: GoCallable): GoType {
  const last = callable.params.length - 1;
  const params = callable.params.map(
    (type, index) => (callable.variadic === true && index === last ? '...' : '') + type.text,
  );
  return new GoType(`func(${params.join(', ')}) ${(callable.result ?? ANY).text}`, 'func', false, { callable });
}
