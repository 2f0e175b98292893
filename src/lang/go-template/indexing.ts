/** `index`, `slice` and `len`: https://pkg.go.dev/text/template#hdr-Functions */
import { Addressed, type EvalValue, element, InterfaceValue, indirect, plain } from './execution.ts';
import { byteAt, byteSlice, utf8Length } from './go-string.ts';
import { type GoType, isInteger, UINT8 } from './go-type.ts';
import { basicOf, GoError, GoMap, GoPointer, GoScalar, GoSlice, type GoValue, typed, typeOf, zeroOf } from './value.ts';

/** `index x 1 "a"` is `x[1]["a"]`; an entry a map has not is the zero of its elements. */
export function indexInto([item, ...indexes]: readonly EvalValue[]): EvalValue {
  if (plain(item) === undefined || plain(item) === null) throw new GoError('index of untyped nil');
  let value = item;
  for (const index of indexes) {
    const container = throughPointers(value, 'index');
    const key = plain(index) ?? undefined;
    if (container instanceof GoMap) {
      const mapKey = keyFor(key, container.keyType);
      value = element(container.get(mapKey) ?? zeroOf(container.elemType), container.elemType, false);
    } else {
      value = elementAt(container, key);
    }
  }
  return value;
}

/** What pointers lead to; a nil on the way is an error. */
function throughPointers(value: EvalValue, action: string): GoValue {
  const found = plain(value);
  const target = found === undefined ? null : indirect(found);
  if (target === null || target instanceof GoPointer) throw new GoError(`${action} of nil pointer`);
  return target;
}

function elementAt(container: GoValue, index: GoValue | undefined): EvalValue {
  const text = textOf(container);
  if (text !== undefined) {
    const length = utf8Length(text);
    const at = indexArgument(index, length);
    if (at === length) throw new GoError('reflect: string index out of range');
    return typed(UINT8, BigInt(byteAt(text, at)));
  }
  if (!(container instanceof GoSlice)) throw new GoError(`can't index item of type ${typeOf(container).text}`);
  const at = indexArgument(index, container.length);
  const item = container.items?.[at];
  if (item === undefined) throw new GoError('reflect: slice index out of range');
  return element(item, container.type.elem, true);
}

/** The text of a string, also of a defined type. */
function textOf(value: GoValue): string | undefined {
  const text = value instanceof GoScalar ? value.value : value;
  return typeof text === 'string' ? text : undefined;
}

function indexArgument(index: GoValue | undefined, limit: number): number {
  if (index === undefined) throw new GoError('cannot index slice/array with nil');
  const type = typeOf(index);
  if (!isInteger(type)) throw new GoError(`cannot index slice/array with type ${type.text}`);
  const at = BigInt.asIntN(64, basicOf(index) as bigint);
  if (at < 0n || at > BigInt(limit)) throw new GoError(`index out of range: ${at}`);
  return Number(at);
}

function keyFor(key: GoValue | undefined, type: GoType): GoValue {
  if (key === undefined) {
    if (type.kind !== 'interface' && type.kind !== 'ptr')
      throw new GoError(`value is nil; should be of type ${type.text}`);
    return null;
  }
  const from = typeOf(key);
  if (from.assignableTo(type)) return key;
  if (isInteger(from) && isInteger(type)) return typed(type, basicOf(key));
  throw new GoError(`value has type ${from.text}; should be ${type.text}`);
}

/** `slice x 1 2` is `x[1:2]`. */
export function sliceOut([item, ...indexes]: readonly EvalValue[]): EvalValue {
  if (plain(item) === undefined || plain(item) === null) throw new GoError('slice of untyped nil');
  const value = throughPointers(item, 'slice');
  if (indexes.length > 3) throw new GoError(`too many slice indexes: ${indexes.length}`);
  if (value instanceof GoSlice) return subslice(value, ...bounds(indexes, value.length, value.capacity));
  const text = textOf(value);
  if (text === undefined) throw new GoError(`can't slice item of type ${typeOf(value).text}`);
  if (indexes.length === 3) throw new GoError('cannot 3-index slice a string');
  const length = utf8Length(text);
  const [from, to] = bounds(indexes, length, length);
  return typed(typeOf(value), byteSlice(text, from, to));
}

function bounds(indexes: readonly EvalValue[], length: number, capacity: number): [number, number, number] {
  const given = indexes.map((index) => {
    // Unlike index, Go's slice does not look into interfaces: what comes right out of a map is refused.
    if (index === null || index instanceof InterfaceValue) {
      throw new GoError('cannot index slice/array with type interface {}');
    }
    return indexArgument(plain(index) ?? undefined, capacity);
  });
  const [from = 0, to = length, limit = capacity] = given;
  if (from > to) throw new GoError(`invalid slice index: ${from} > ${to}`);
  if (to > limit) throw new GoError(`invalid slice index: ${to} > ${limit}`);
  return [from, to, limit];
}

function subslice(slice: GoSlice, from: number, to: number, limit: number): GoSlice {
  const items = slice.items?.slice(from, to);
  const { elem } = slice.type;
  // Behind the length there is room for elements nobody has set.
  while (items !== undefined && elem !== undefined && items.length < to - from) items.push(zeroOf(elem));
  return new GoSlice(slice.type, items, limit - from);
}

export function lengthOf(item: EvalValue): bigint {
  if (item === undefined) throw new GoError('reflect: call of reflect.Value.Type on zero Value');
  const value = item instanceof Addressed ? item.value : throughPointers(item, 'len');
  const text = textOf(value);
  if (text !== undefined) return BigInt(utf8Length(text));
  if (value instanceof GoSlice) return BigInt(value.length);
  if (value instanceof GoMap) return BigInt(value.size);
  throw new GoError(`len of type ${typeOf(value).text}`);
}
