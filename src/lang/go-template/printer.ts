/**
 * Prints Go values by verbs, as Go's `fmt` does: what has a method for it by that method, everything else by its kind.
 * https://pkg.go.dev/fmt#hdr-Printing
 */
import type { FloatFormat } from './float-format.ts';
import { Formatter } from './formatter.ts';
import { fromBytes, fromRune } from './go-string.ts';
import { ANY, BYTES, type GoMember, type GoType, type Kind } from './go-type.ts';
import {
  type Basic,
  bytesOf,
  type Complex,
  follow,
  GoError,
  GoMap,
  GoPointer,
  GoScalar,
  GoSlice,
  GoStruct,
  type GoValue,
  targetOf,
  typeOf,
} from './value.ts';

const METHOD_VERBS = 'vsxXq';

const FLOAT_VERBS: Readonly<Record<string, readonly [FloatFormat, number | undefined]>> = {
  v: ['g', undefined],
  b: ['b', undefined],
  g: ['g', undefined],
  G: ['G', undefined],
  x: ['x', undefined],
  X: ['X', undefined],
  e: ['e', 6],
  E: ['E', 6],
  f: ['f', 6],
  F: ['f', 6],
};

/** Base and the mark the sharp flag adds. */
const INTEGER_VERBS: Readonly<Record<string, readonly [number, string]>> = {
  d: [10, ''],
  b: [2, '0b'],
  o: [8, '0'],
  O: [8, '0'],
  x: [16, '0x'],
  X: [16, '0x'],
};

/** Addresses that look like Go's, given out in the order they are asked for. */
const addresses = new WeakMap<object, bigint>();
let nextAddress = 0xc000010000n;

function addressOf(value: object): bigint {
  let address = addresses.get(value);
  if (address === undefined) {
    address = nextAddress;
    nextAddress += 0x10n;
    addresses.set(value, address);
  }
  return address;
}

export class Printer {
  readonly format: Formatter;
  /** While the text of a bad verb is written, which must not fail in a method again. */
  #erroring = false;

  constructor(maxLength: number) {
    this.format = new Formatter(maxLength);
  }

  get text(): string {
    return this.format.text;
  }

  /** Prints an operand. */
  print(value: GoValue, verb: string): void {
    if (typeof value === 'string') return this.#string(value, value, verb);
    if (value === null) return 'vT'.includes(verb) ? this.format.pad('<nil>') : this.#badVerb(null, verb);
    if (verb === 'T') return this.format.string(typeOf(value).text);
    if (verb === 'p') return this.#pointer(value, verb);
    if (typeof value !== 'object') return this.#basic(value, value, verb);
    if (value instanceof GoSlice && value.type === BYTES) {
      return 'vdsxXq'.includes(verb) ? this.#bytes(value, verb, '[]byte') : this.#byKind(value, verb, 0);
    }
    if (!this.#byMethod(value, verb)) this.#byKind(value, verb, 0);
  }

  /** Prints what is inside of another value, where `type` is what that declares it to be. */
  #nested(value: GoValue, type: GoType, verb: string, depth: number): void {
    if (value === null) {
      return this.format.write(this.format.flags.sharpV ? `${type.text}(nil)` : '<nil>');
    }
    if (typeof value !== 'object') return this.#basic(value, value, verb);
    if (!this.#byMethod(value, verb)) this.#byKind(value, verb, depth);
  }

  #byKind(value: GoValue, verb: string, depth: number): void {
    if (value instanceof GoScalar) this.#basic(value, value.value, verb);
    else if (value instanceof GoMap) this.#map(value, verb, depth);
    else if (value instanceof GoStruct) this.#struct(value, verb, depth);
    else if (value instanceof GoSlice) this.#slice(value, verb, depth);
    else this.#pointerOrTarget(value, depth === 0 ? targetOf(value) : undefined, verb);
  }

  /** An operand that points to what has parts is printed with them; one inside of other values is an address. */
  #pointerOrTarget(value: GoValue, target: GoValue | undefined, verb: string): void {
    if (target === undefined || !isComposite(target)) return this.#pointer(value, verb);
    this.format.write('&');
    this.#nested(target, ANY, verb, 1);
  }

  /** Prints by a method of the value, when it has one that applies; false when not. */
  #byMethod(value: GoValue, verb: string): boolean {
    if (this.#erroring) return false;
    if (verb === 'w') {
      // It wraps errors, which only fmt.Errorf can.
      this.#badVerb(value, verb);
      return true;
    }
    const type = typeOf(value);
    if (!type.named && type.kind !== 'ptr') return false;
    const { sharpV } = this.format.flags;
    const names = sharpV ? ['GoString'] : METHOD_VERBS.includes(verb) ? ['Error', 'String'] : [];
    for (const name of names) {
      const member = type.method(name);
      if (member?.method?.params.length !== 0) continue;
      const text = this.#methodText(value, member, name, verb);
      if (text === undefined) return true;
      if (sharpV) this.format.string(text);
      else this.#string(value, text, verb);
      return true;
    }
    return false;
  }

  /** Undefined when the method failed, which was then printed. */
  #methodText(value: GoValue, member: GoMember, name: string, verb: string): string | undefined {
    try {
      const text = callMember(value, member, []);
      return typeof text === 'string' ? text : undefined;
    } catch (error) {
      if (!(error instanceof GoError)) throw error;
      if (value instanceof GoPointer && value.target === undefined) this.format.write('<nil>');
      else this.format.write(`%!${verb}(PANIC=${name} method: ${error.message})`);
      return undefined;
    }
  }

  /** A value of a basic kind; `whole` is the value with its type. */
  #basic(whole: GoValue, value: Basic, verb: string): void {
    switch (typeof value) {
      case 'boolean':
        return 'tv'.includes(verb) ? this.format.boolean(value) : this.#badVerb(whole, verb);
      case 'bigint':
        return this.#integer(whole, value, verb);
      case 'number':
        return this.#float(whole, value, verb);
      case 'string':
        return this.#string(whole, value, verb);
      default:
        return this.#complex(whole, value, verb);
    }
  }

  #integer(whole: GoValue, value: bigint, verb: string): void {
    const { sharp, sharpV } = this.format.flags;
    const unsigned = sharpV && typeOf(whole).kind.startsWith('uint');
    if (verb === 'v') return unsigned ? this.#hex(value, true) : this.format.integer(value, 10, '');
    const known = INTEGER_VERBS[verb];
    if (known !== undefined) {
      const prefix = (verb === 'O' ? '0o' : '') + (sharp ? known[1] : '');
      return this.format.integer(value, known[0], prefix, verb === 'X');
    }
    if (verb === 'c') this.format.character(value);
    else if (verb === 'q') this.format.quotedCharacter(value);
    else if (verb === 'U') this.format.unicode(value);
    else this.#badVerb(whole, verb);
  }

  #hex(value: bigint, marked: boolean): void {
    this.format.integer(value, 16, marked ? '0x' : '');
  }

  #float(whole: GoValue, value: number, verb: string, bits: 32 | 64 = bitsOf(typeOf(whole).kind)): void {
    const known = FLOAT_VERBS[verb];
    if (known === undefined) this.#badVerb(whole, verb);
    else this.format.float(value, bits, known[0], known[1]);
  }

  #complex(whole: GoValue, { real, imaginary }: Complex, verb: string): void {
    if (FLOAT_VERBS[verb] === undefined) return this.#badVerb(whole, verb);
    const { flags } = this.format;
    const { plus } = flags;
    this.format.write('(');
    this.#float(whole, real, verb, 64);
    flags.plus = true;
    this.#float(whole, imaginary, verb, 64);
    flags.plus = plus;
    this.format.write('i)');
  }

  #string(whole: GoValue, text: string, verb: string): void {
    if (verb === 's' || (verb === 'v' && !this.format.flags.sharpV)) this.format.string(text);
    else if (verb === 'v' || verb === 'q') this.format.quoted(text);
    else if (verb === 'x' || verb === 'X') this.format.hexString(text, verb === 'X');
    else if (verb === 'T') this.format.string('string');
    else this.#badVerb(whole, verb);
  }

  #bytes(slice: GoSlice, verb: string, typeText: string): void {
    if (verb === 'v' || verb === 'd') {
      if (!this.format.flags.sharpV) return this.#items(slice, 'd', 0);
      if (slice.items === undefined) return this.format.write(`${typeText}(nil)`);
      this.format.write(typeText);
      return this.#items(slice, 'v', 0);
    }
    const bytes = bytesOf(slice);
    if (verb === 's') this.format.string(fromBytes(bytes));
    else if (verb === 'q') this.format.quoted(fromBytes(bytes));
    else this.format.hexString(bytes, verb === 'X');
  }

  #slice(slice: GoSlice, verb: string, depth: number): void {
    if ('sqxX'.includes(verb) && slice.type.elem?.kind === 'uint8') return this.#bytes(slice, verb, slice.type.text);
    if (this.format.flags.sharpV) {
      this.format.write(slice.type.text);
      if (slice.items === undefined) return this.format.write('(nil)');
    }
    this.#items(slice, verb, depth);
  }

  #items({ items = [], type }: GoSlice, verb: string, depth: number): void {
    const { sharpV } = this.format.flags;
    this.format.write(sharpV ? '{' : '[');
    items.forEach((item, index) => {
      if (index > 0) this.format.write(sharpV ? ', ' : ' ');
      this.#nested(item, type.elem ?? ANY, verb, depth + 1);
    });
    this.format.write(sharpV ? '}' : ']');
  }

  #map(map: GoMap, verb: string, depth: number): void {
    const { sharpV } = this.format.flags;
    this.format.write(sharpV ? map.type.text : 'map[');
    if (sharpV && map.isNil) return this.format.write('(nil)');
    if (sharpV) this.format.write('{');
    map.sorted().forEach(([key, value], index) => {
      if (index > 0) this.format.write(sharpV ? ', ' : ' ');
      this.#nested(key, map.keyType, verb, depth + 1);
      this.format.write(':');
      this.#nested(value, map.elemType, verb, depth + 1);
    });
    this.format.write(sharpV ? '}' : ']');
  }

  #struct(struct: GoStruct, verb: string, depth: number): void {
    const { sharpV, plusV } = this.format.flags;
    this.format.write(sharpV ? `${struct.type.text}{` : '{');
    struct.type.fields.forEach((field, index) => {
      if (index > 0) this.format.write(sharpV ? ', ' : ' ');
      if (plusV || sharpV) this.format.write(`${field.name}:`);
      this.#nested(struct.field(index), field.type, verb, depth + 1);
    });
    this.format.write('}');
  }

  #pointer(value: GoValue, verb: string): void {
    const { kind, text } = typeOf(value);
    if (value === null || typeof value !== 'object' || !['ptr', 'map', 'slice', 'func'].includes(kind)) {
      return this.#badVerb(value, verb);
    }
    const address = isNil(value) ? 0n : addressOf(value);
    const { sharp, sharpV } = this.format.flags;
    if (verb === 'v' && sharpV) {
      this.format.write(`(${text})(`);
      if (address === 0n) this.format.write('nil');
      else this.#hex(address, true);
      this.format.write(')');
    } else if (verb === 'v' && address === 0n) this.format.pad('<nil>');
    else if (verb === 'v' || verb === 'p') this.#hex(address, !sharp);
    else if ('bodxX'.includes(verb)) this.#integer(address, address, verb);
    else this.#badVerb(value, verb);
  }

  #badVerb(value: GoValue, verb: string): void {
    const erroring = this.#erroring;
    this.#erroring = true;
    this.format.write(`%!${verb.isWellFormed() ? verb : fromRune(-1)}(`);
    if (value === null) this.format.write('<nil>');
    else {
      this.format.write(`${typeOf(value).text}=`);
      this.print(value, 'v');
    }
    this.format.write(')');
    this.#erroring = erroring;
  }
}

const bitsOf = (kind: Kind): 32 | 64 => (kind === 'float32' ? 32 : 64);

const isComposite = (value: GoValue): boolean =>
  value instanceof GoStruct || value instanceof GoMap || value instanceof GoSlice;

/** Whether a value of a type that has a nil is it. */
export function isNil(value: GoValue): boolean {
  if (value instanceof GoPointer) return value.target === undefined;
  if (value instanceof GoSlice) return value.items === undefined;
  return value === null || (value instanceof GoMap && value.isNil);
}

/** Calls a method found by `GoType.method` on the value it was found for. */
export function callMember(value: GoValue, member: GoMember, args: readonly GoValue[]): GoValue {
  const { method, path } = member;
  if (method === undefined) throw new TypeError('member is no method');
  const target = value instanceof GoPointer ? value.target : (targetOf(value) ?? value);
  const owner = target instanceof GoStruct && path.length > 0 ? follow(target, path) : target;
  const receiver = owner instanceof GoPointer ? owner.target : owner;
  if (receiver === undefined && method.pointer !== true) {
    throw new GoError('runtime error: invalid memory address or nil pointer dereference');
  }
  return method.call(receiver ?? null, args);
}
