/** `reflect.DeepEqual`: https://pkg.go.dev/reflect#DeepEqual */
import {
  GoFunction,
  GoMap,
  type GoObject,
  GoPointer,
  GoScalar,
  GoSlice,
  GoStruct,
  type GoValue,
  typeOf,
} from '../value.ts';

export function deepEqual(left: GoValue, right: GoValue): boolean {
  if (left === null || right === null || typeof left !== 'object' || typeof right !== 'object') return left === right;
  if (left instanceof GoPointer && right instanceof GoPointer) return equalPointers(left, right);
  return typeOf(left) === typeOf(right) && equalObjects(left, right);
}

function equalObjects(left: GoObject, right: GoObject): boolean {
  if (left instanceof GoScalar && right instanceof GoScalar) return equalBasics(left.value, right.value);
  if (left instanceof GoSlice && right instanceof GoSlice) return equalSlices(left, right);
  if (left instanceof GoMap && right instanceof GoMap) return equalMaps(left, right);
  if (left instanceof GoStruct && right instanceof GoStruct) {
    return left.type.fields.every((_, index) => deepEqual(left.field(index), right.field(index)));
  }
  // Functions are never equal.
  return !(left instanceof GoFunction) && left === right;
}

function equalPointers(left: GoPointer, right: GoPointer): boolean {
  if (typeOf(left) !== typeOf(right)) return false;
  if (left.target === undefined || right.target === undefined) return left.target === right.target;
  return left === right || deepEqual(left.target, right.target);
}

function equalBasics(left: GoScalar['value'], right: GoScalar['value']): boolean {
  if (typeof left !== 'object' || typeof right !== 'object') return left === right;
  return left.real === right.real && left.imaginary === right.imaginary;
}

function equalSlices(left: GoSlice, right: GoSlice): boolean {
  if ((left.items === undefined) !== (right.items === undefined) || left.length !== right.length) return false;
  // The same array is equal to itself even where its elements are not, as NaN is not.
  if (left.items === right.items) return true;
  return (left.items ?? []).every((item, index) => deepEqual(item, right.items?.[index] ?? null));
}

function equalMaps(left: GoMap, right: GoMap): boolean {
  if (left.isNil !== right.isNil || left.size !== right.size) return false;
  if (left === right) return true;
  return [...left].every(([key, value]) => {
    const other = right.get(key);
    return other !== undefined && deepEqual(value, other);
  });
}
