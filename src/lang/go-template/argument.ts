/** How values become arguments: assigned to the type of a parameter or refused with Go's message. */
import { Addressed, type EvalValue, type Execution, plain } from './execution.ts';
import { ANY, GoType, type Kind } from './go-type.ts';
import { type ConstantNode, type NumberNode, nodeText } from './node.ts';
import { GoPointer, type GoValue, pointerTo, typed, typeOf, zeroOf } from './value.ts';

/** The parameter type of built-ins that take any value as it is, also an invalid one. */
export const REFLECT_VALUE = new GoType('reflect.Value', 'struct', true);

const NILABLE: readonly Kind[] = ['func', 'interface', 'map', 'ptr', 'slice'];

/** The nil of a type, for the constant nil and for values there are none of; undefined when it has none. */
export function nilOf(type: GoType): { readonly value: GoValue | undefined } | undefined {
  if (type === REFLECT_VALUE) return { value: undefined };
  return NILABLE.includes(type.kind) ? { value: zeroOf(type) } : undefined;
}

/** A value as an argument for a parameter of the type. */
export function assign(run: Execution, value: EvalValue, type: GoType): EvalValue {
  if (type === REFLECT_VALUE) return value;
  if (value === undefined) return (nilOf(type) ?? run.fail(`invalid value; expected ${type.text}`)).value;
  const found = plain(value) ?? null;
  if (type === ANY) return found;
  const from = typeOf(found);
  if (found !== null) {
    if (from.assignableTo(type)) return found;
    // One step to or from a pointer is made for the caller.
    if (found instanceof GoPointer && from.elem?.assignableTo(type) === true) {
      return found.target ?? run.fail(`dereference of nil pointer of type ${type.text}`);
    }
    if (value instanceof Addressed && from.pointerTo().assignableTo(type)) return pointerTo(value.value);
  }
  return run.fail(`wrong type for value; expected ${type.text}; got ${from.text}`);
}

/** A constant as an argument for a parameter of the type. */
export function assignConstant(run: Execution, node: ConstantNode, type: GoType): GoValue {
  if (type === ANY || type === REFLECT_VALUE) return constantValue(run, node);
  const { kind } = type;
  if (kind === 'bool') return node.kind === 'bool' ? typed(type, node.value) : refuse(run, 'bool', node);
  if (kind === 'string') return node.kind === 'string' ? typed(type, node.value) : refuse(run, 'string', node);
  const [name, value] = numberFor(node, kind);
  if (name === '') return run.fail(`can't handle ${nodeText(node)} for arg of type ${type.text}`);
  if (value === undefined) return refuse(run, name, node);
  return typeof value === 'object' ? value : typed(type, value);
}

const refuse = (run: Execution, wanted: string, node: ConstantNode): never =>
  run.fail(`expected ${wanted}; found ${nodeText(node)}`);

/** What messages call the kind of number, and the constant as one; nothing when the kind is not numeric. */
function numberFor(node: ConstantNode, kind: Kind): [string, (bigint | number | (GoValue & object)) | undefined] {
  const number: Partial<NumberNode> = node.kind === 'number' ? node : {};
  if (kind.startsWith('int') && kind !== 'interface') return ['integer', number.int];
  if (kind.startsWith('uint')) return ['unsigned integer', number.uint];
  if (kind.startsWith('float')) return ['float', number.float];
  if (kind === 'complex128')
    return ['complex', typeof number.complex === 'object' ? (number.complex ?? undefined) : undefined];
  return ['', undefined];
}

/** A constant where nothing says what type it is to have: its syntax does. */
export function constantValue(run: Execution, node: ConstantNode): GoValue {
  if (node.kind !== 'number') return node.value;
  const { text, complex, float, int } = node;
  if (complex !== undefined) return complex;
  const isHexInteger = /^0[xX]/.test(text) && text.length > 2 && !/[pP]/.test(text);
  if (float !== undefined && !isHexInteger && !text.startsWith("'") && /[.eEpP]/.test(text)) return float;
  return int ?? run.fail(`${text} overflows int`);
}
