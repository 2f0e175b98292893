/**
 * What a filter says when only some of what it reads is known: for all events of a group at once, before any of them is
 * read. https://github.com/google/cel-spec/blob/master/doc/langdef.md#logical-operators has the same three values: what
 * is unknown beside `false &&` or `true ||` does not matter.
 */
import type { FilterNode } from './filter.ts';
import { compileRegularExpression } from './regular-expression.ts';

/** What is known, by its path: `cluster`, `event.reason`, `event.involvedObject.kind`. */
export type KnownFields = ReadonlyMap<string, string>;

/** True or false where that follows from what is known, whatever the rest is; else undefined. */
export type PartialFilter = (known: KnownFields) => boolean | undefined;

type Value = string | boolean | readonly Value[] | undefined;
type Evaluate = (known: KnownFields) => Value;

const UNKNOWN: Evaluate = () => undefined;

/** Takes the tree of a compiled filter. */
export function partialFilter(ast: FilterNode): PartialFilter {
  const evaluate = compile(ast);
  return (known) => {
    const value = evaluate(known);
    return typeof value === 'boolean' ? value : undefined;
  };
}

function compile(node: FilterNode): Evaluate {
  switch (node.op) {
    case 'value':
      return constant(node.args);
    case 'id':
    case '.':
      return field(node);
    case 'list':
      return list(node.args.map(compile));
    case '!_':
      return negation(compile(node.args));
    case '&&':
      return either(false, ...pair(node.args));
    case '||':
      return either(true, ...pair(node.args));
    case '==':
      return equality(true, ...pair(node.args));
    case '!=':
      return equality(false, ...pair(node.args));
    case 'in':
      return membership(...pair(node.args));
    case '?:':
      return conditional(...node.args);
    case 'rcall':
      return method(...node.args);
    default:
      return UNKNOWN;
  }
}

function pair([left, right]: readonly [FilterNode, FilterNode]): [Evaluate, Evaluate] {
  return [compile(left), compile(right)];
}

function constant(value: unknown): Evaluate {
  return typeof value === 'string' || typeof value === 'boolean' ? () => value : UNKNOWN;
}

function field(node: FilterNode): Evaluate {
  const path = pathOf(node);
  return path === undefined ? UNKNOWN : (known) => known.get(path);
}

function pathOf(node: FilterNode): string | undefined {
  if (node.op === 'id') return node.args;
  if (node.op !== '.') return undefined;
  const [holder, name] = node.args;
  const path = pathOf(holder);
  return path === undefined ? undefined : `${path}.${name}`;
}

function list(items: readonly Evaluate[]): Evaluate {
  return (known) => items.map((item) => item(known));
}

function negation(operand: Evaluate): Evaluate {
  return (known) => {
    const value = operand(known);
    return typeof value === 'boolean' ? !value : undefined;
  };
}

/** `||` for true, `&&` for false: one such operand decides. */
function either(decisive: boolean, left: Evaluate, right: Evaluate): Evaluate {
  return (known) => {
    const one = left(known);
    if (one === decisive) return decisive;
    const other = right(known);
    if (other === decisive) return decisive;
    return one === undefined || other === undefined ? undefined : !decisive;
  };
}

function equality(wanted: boolean, left: Evaluate, right: Evaluate): Evaluate {
  return (known) => {
    const [one, other] = [left(known), right(known)];
    if (!isScalar(one) || !isScalar(other)) return undefined;
    return (one === other) === wanted;
  };
}

function isScalar(value: Value): value is string | boolean {
  return typeof value === 'string' || typeof value === 'boolean';
}

function membership(item: Evaluate, items: Evaluate): Evaluate {
  return (known) => {
    const [one, all] = [item(known), items(known)];
    if (!isScalar(one) || typeof all !== 'object') return undefined;
    if (all.includes(one)) return true;
    return all.every(isScalar) ? false : undefined;
  };
}

function conditional(condition: FilterNode, then: FilterNode, otherwise: FilterNode): Evaluate {
  const [asked, yes, no] = [compile(condition), compile(then), compile(otherwise)];
  return (known) => {
    const value = asked(known);
    if (value === undefined) return undefined;
    return value === true ? yes(known) : no(known);
  };
}

const METHODS: Readonly<Record<string, (text: string, argument: string) => boolean>> = {
  contains: (text, argument) => text.includes(argument),
  startsWith: (text, argument) => text.startsWith(argument),
  endsWith: (text, argument) => text.endsWith(argument),
};

function method(name: string, receiver: FilterNode, [argument]: readonly FilterNode[]): Evaluate {
  if (!argument) return UNKNOWN;
  const text = compile(receiver);
  if (name === 'matches') return pattern(text, argument);
  const test = METHODS[name];
  if (!test) return UNKNOWN;
  const value = compile(argument);
  return (known) => {
    const [one, other] = [text(known), value(known)];
    return typeof one === 'string' && typeof other === 'string' ? test(one, other) : undefined;
  };
}

/** The pattern of a filter that compiles is written out. */
function pattern(text: Evaluate, source: FilterNode): Evaluate {
  if (source.op !== 'value' || typeof source.args !== 'string') return UNKNOWN;
  const expression = compileRegularExpression(source.args);
  return (known) => {
    const value = text(known);
    return typeof value === 'string' ? expression.test(value) : undefined;
  };
}
