/**
 * `eq ne lt le gt ge`: basic values of the same kind whatever their types, integers also of different sign.
 * https://pkg.go.dev/text/template#hdr-Functions
 */
import { type EvalValue, plain } from './execution.ts';
import { sprint, sprintf } from './fmt.ts';
import { compareStrings } from './go-string.ts';
import type { GoType } from './go-type.ts';
import { isNil } from './printer.ts';
import { type Basic, type Complex, GoError, GoPointer, GoScalar, GoStruct, type GoValue, typeOf } from './value.ts';

type BasicKind = 'bool' | 'complex' | 'int' | 'float' | 'string' | 'uint';

const BASIC_KIND = /^(bool|complex|int|float|string|uint)(?:$|\d)/;

function basicKind(value: GoValue | undefined): BasicKind | undefined {
  if (value === null || value === undefined) return undefined;
  return BASIC_KIND.exec(typeOf(value).kind)?.[1] as BasicKind | undefined;
}

const basic = (value: GoValue | undefined): Basic | undefined =>
  value instanceof GoScalar ? value.value : value === null || typeof value === 'object' ? undefined : value;

const isInteger = (kind: BasicKind | undefined): boolean => kind === 'int' || kind === 'uint';

const incompatible = (left: GoValue, right: GoValue): GoError =>
  new GoError(`incompatible types for comparison: ${typeOf(left).text} and ${typeOf(right).text}`);

/** Whether the first argument equals one of the others. */
export function equalsAny(args: readonly EvalValue[]): boolean {
  const [first, ...others] = args;
  if (others.length === 0) throw new GoError('missing argument for comparison');
  return others.some((other) => equal(plain(first) ?? undefined, plain(other) ?? undefined));
}

/** Nil is undefined here. */
function equal(left: GoValue | undefined, right: GoValue | undefined): boolean {
  if (typeof left === 'string' && typeof right === 'string') return left === right;
  const [leftKind, rightKind] = [basicKind(left), basicKind(right)];
  if (leftKind !== rightKind) {
    if (isInteger(leftKind) && isInteger(rightKind)) return basic(left) === basic(right);
    if (left !== undefined && right !== undefined) throw incompatible(left, right);
    return false;
  }
  if (leftKind === undefined) return equalOthers(left, right);
  if (leftKind !== 'complex') return basic(left) === basic(right);
  const [a, b] = [basic(left) as Complex, basic(right) as Complex];
  return a.real === b.real && a.imaginary === b.imaginary;
}

/** Of what is not basic: nil equals nil, and values of one kind are compared when Go can. */
function equalOthers(left: GoValue | undefined, right: GoValue | undefined): boolean {
  const [leftType, rightType] = [typeOf(left ?? null), typeOf(right ?? null)];
  if (left !== undefined && right !== undefined && leftType.kind !== rightType.kind) {
    throw new GoError(
      `non-comparable types ${sprintf('%s', [left])}: ${leftType.text}, ${rightType.text}: ${sprint([right])}`,
    );
  }
  const [leftNil, rightNil] = [left === undefined || isNil(left), right === undefined || isNil(right)];
  if (leftNil || rightNil) return leftNil === rightNil;
  if (!isComparable(rightType))
    throw new GoError(`non-comparable type ${sprintf('%s', [right ?? null])}: ${rightType.text}`);
  return identical(left ?? null, right ?? null);
}

const isComparable = (type: GoType): boolean =>
  !['slice', 'map', 'func'].includes(type.kind) && type.fields.every((field) => isComparable(field.type));

/** Go's == of two values of comparable types. */
function identical(left: GoValue, right: GoValue): boolean {
  if (left instanceof GoPointer && right instanceof GoPointer) {
    if (left === right) return true;
    // Each pointer to a basic value points to its own.
    return left.type === right.type && left.target === right.target && (isNil(left) || typeof left.target === 'object');
  }
  if (left instanceof GoStruct && right instanceof GoStruct) {
    return (
      left.type === right.type && left.type.fields.every((_, index) => identical(left.field(index), right.field(index)))
    );
  }
  if (left instanceof GoScalar && right instanceof GoScalar) {
    return left.type === right.type && left.value === right.value;
  }
  return left === right;
}

/** Below 0, 0 or above 0; undefined when a NaN is among them. Throws when the values have no order. */
function compare(args: readonly EvalValue[]): number | undefined {
  const [left, right] = [plain(args[0]) ?? null, plain(args[1]) ?? null];
  const [leftKind, rightKind] = [basicKind(left), basicKind(right)];
  if (leftKind === undefined || rightKind === undefined) throw new GoError('invalid type for comparison');
  if (leftKind !== rightKind && !(isInteger(leftKind) && isInteger(rightKind))) throw incompatible(left, right);
  const [a, b] = [basic(left), basic(right)];
  if (typeof a === 'string' && typeof b === 'string') return compareStrings(a, b);
  if (isNumeric(a) && isNumeric(b)) return a < b ? -1 : a > b ? 1 : a === b ? 0 : undefined;
  throw new GoError('invalid type for comparison');
}

const isNumeric = (value: Basic | undefined): value is number | bigint =>
  typeof value === 'number' || typeof value === 'bigint';

export const isLess = (args: readonly EvalValue[]): boolean => (compare(args) ?? 0) < 0;
export const isLessOrEqual = (args: readonly EvalValue[]): boolean => (compare(args) ?? 1) <= 0;
