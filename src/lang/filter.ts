/**
 * Filters: a condition over one record, in CEL, the language Kubernetes writes expressions in. Everything that can be
 * known to be wrong is found when a filter is compiled; what an evaluation may cost is bounded.
 * https://kubernetes.io/docs/reference/using-api/cel/
 */
import { type ASTNode, Environment } from '@marcbachmann/cel-js';
import type { EventRecord } from '../core/record.ts';
import { hasWordStart, hasWords } from '../core/words.ts';
import { FUNCTIONS, type Macro, replacementOf, type Spend } from './_filter-functions.ts';
import { explained, filterProblem, positionOf, readable, suggestion, TOO_DEEP } from './_filter-problem.ts';
import {
  declareVariables,
  type FilterVariable,
  fieldsOf,
  type RecordContext,
  RecordView,
  VARIABLES,
} from './_filter-variables.ts';

export type { FilterVariable, ObjectMetadata, RecordContext } from './_filter-variables.ts';

/** How long a filter may be, in UTF-16 code units. */
export const MAX_FILTER_LENGTH = 16_384;

/** How many names, values and operators it may have. */
export const MAX_FILTER_NODES = 5000;

/** How deep operators may lie within one another; `a || b || c` lies two deep. */
export const MAX_FILTER_DEPTH = 1000;

/**
 * What one evaluation may cost. A round of `exists`, `all`, `filter` or `map` costs 1, and 1 more for each 1,024
 * characters of the event's message; `matches` costs its pattern's instructions times the text's characters / 65,536.
 */
export const MAX_FILTER_COST = 2000;

/** A node of the parsed filter: its `op` says which, its `args` what it joins. */
export type FilterNode = ASTNode;

export interface Filter {
  readonly source: string;
  /** As it was parsed, for whoever can answer a part of it in another way. Not to be changed. */
  readonly ast: FilterNode;
  /** What it reads: `object` need not be found out for a filter that does not read it. */
  readonly variables: ReadonlySet<FilterVariable>;
  readonly matches: (record: EventRecord, context: RecordContext) => boolean;
}

export interface FilterOptions {
  /**
   * What `matches` returns when the evaluation fails, because a map has no such key or the cost is exceeded. False is
   * right for what selects (not delivered by this route) as for what drops (not dropped).
   */
  readonly otherwise: boolean;
  /** Called with each failure before `matches` returns; it must not throw. */
  readonly onError: (error: unknown, record: EventRecord) => void;
}

/** Throws `FILTER_INVALID`: line and column, what was found, what is wanted. */
export function compileFilter(source: string, options: FilterOptions): Filter {
  if (source.length > MAX_FILTER_LENGTH) {
    throw filterProblem(source, 0, `found ${source.length} characters, want at most ${MAX_FILTER_LENGTH}`);
  }
  const budget = new Budget();
  const { ast, variables, evaluate } = load(source, budget);
  return {
    source,
    ast,
    variables,
    matches: (record, context) => {
      budget.start(record);
      try {
        return evaluate(new RecordView(record, context)) === true;
      } catch (error) {
        options.onError(error, record);
        return options.otherwise;
      }
    },
  };
}

/** What is left of an evaluation's cost. */
class Budget {
  #left = 0;
  #round = 1;

  start(record: EventRecord): void {
    this.#left = MAX_FILTER_COST;
    this.#round = 1 + (record.body.message?.length ?? 0) / 1024;
  }

  readonly spend: Spend = (cost) => {
    this.#left -= cost;
    if (this.#left < 0) throw new RangeError(`the evaluation costs more than ${MAX_FILTER_COST}`);
  };

  readonly spendRound = (): void => this.spend(this.#round);
}

const environment = new Environment({
  enableOptionalTypes: true,
  limits: { maxAstNodes: MAX_FILTER_NODES, maxListElements: MAX_FILTER_NODES },
});
declareVariables(environment);
environment.registerFunction('string.hasWords(string): bool', hasWords);
environment.registerFunction('string.hasWordStart(string): bool', hasWordStart);

interface Loaded {
  readonly ast: ASTNode;
  readonly variables: ReadonlySet<FilterVariable>;
  readonly evaluate: (variables: RecordView) => unknown;
}

function load(source: string, budget: Budget): Loaded {
  try {
    const evaluate = environment.parse(source);
    const { ast } = evaluate;
    const variables = new Set<FilterVariable>();
    visit(ast, (node) => {
      if (node.op === 'id' && isVariable(node.args)) variables.add(node.args);
      prepare(node, budget);
    });
    const { valid, type, error } = evaluate.check();
    if (!valid) throw error ?? new TypeError('a filter that is neither valid nor wrong');
    visit(ast, checkAccess);
    if (type !== 'bool') throw filterProblem(source, 0, readable(`found an expression of type ${type}, want bool`));
    return { ast, variables, evaluate };
  } catch (error) {
    throw explained(source, error, { typeOf: typeNameOf, signaturesOf });
  }
}

function isVariable(name: string): name is FilterVariable {
  return Object.hasOwn(VARIABLES, name);
}

/** Calls back for every node, from the outside in. */
function visit(node: ASTNode, callback: (node: ASTNode) => void, depth = 0): void {
  if (depth > MAX_FILTER_DEPTH) throw filterProblem(node.input, node.pos, TOO_DEEP);
  callback(node);
  for (const child of childrenOf(node)) visit(child, callback, depth + 1);
}

function childrenOf(node: ASTNode): readonly ASTNode[] {
  switch (node.op) {
    case 'value':
    case 'id':
      return [];
    case '.':
    case '.?':
      return [node.args[0]];
    case 'call':
      return node.args[1];
    case 'rcall':
      return [node.args[1], ...node.args[2]];
    case 'map':
      return node.args.flat();
    case '!_':
    case '-_':
      return [node.args];
    default:
      return node.args;
  }
}

/**
 * What the library's nodes carry and its type declarations leave out. The version is pinned, and the tests of `has`,
 * of the cost and of access to timestamps fail when a newer one does it differently.
 */
interface NodeInternals {
  /** Set by the check. */
  readonly checkedType?: CheckedType;
  /** What a macro is expanded to. */
  readonly meta: { readonly alternate?: { readonly op: string; readonly args: Comprehension } };
  setMeta(key: string, value: unknown): void;
}

interface CheckedType {
  readonly kind: string;
  readonly name: string;
  /** Of an optional, among others. */
  readonly valueType?: CheckedType;
}

interface Comprehension {
  /** Asked with what was found so far, before each round: whether to go on. */
  condition?: (found: unknown) => boolean;
}

function internalsOf(node: ASTNode): NodeInternals {
  return node as unknown as NodeInternals;
}

/** Before the check: which functions are called, ours in place of the library's, rounds counted. */
function prepare(node: ASTNode, budget: Budget): void {
  if (node.op !== 'call' && node.op !== 'rcall') return;
  const [name] = node.args;
  if (!FUNCTIONS.includes(name)) {
    throw filterProblem(node.input, positionOf(node), `unknown function ${name}${suggestion(name, FUNCTIONS)}`);
  }
  const internals = internalsOf(node);
  const macro: Macro | undefined = replacementOf(node, budget.spend);
  if (macro) {
    internals.setMeta('macro', macro);
    internals.setMeta('async', false);
  }
  const { alternate } = internals.meta;
  if (alternate?.op === 'comprehension') {
    const { condition } = alternate.args;
    // What this throws ends the evaluation: `exists` and `all` catch only what a round throws.
    alternate.args.condition = (found) => {
      budget.spendRound();
      return condition?.(found) ?? true;
    };
  }
}

/** After the check: the library would read any property of a timestamp, or of what it knows no type of. */
function checkAccess(node: ASTNode): void {
  if (node.op !== '.' && node.op !== '[]' && node.op !== '.?' && node.op !== '[?]') return;
  let holder = internalsOf(node.args[0]).checkedType;
  if (holder?.kind === 'optional') holder = holder.valueType;
  if (!holder || holder.kind === 'map' || holder.kind === 'list') return;
  const isMessage = fieldsOf(holder.name) !== undefined;
  if (isMessage && node.op === '.') return;
  throw filterProblem(
    node.input,
    node.pos,
    isMessage
      ? `found ${node.op} on ${holder.name}, want . and a field`
      : `found a field of ${holder.name}, which has none`,
  );
}

function signaturesOf(name: string): readonly string[] {
  return environment
    .getDefinitions()
    .functions.filter((definition) => definition.name === name)
    .map(({ signature }) => signature.slice(0, signature.lastIndexOf(':')).replaceAll(/\bast\b/g, 'expression'));
}

function typeNameOf(node: ASTNode): string | undefined {
  return internalsOf(node).checkedType?.name;
}
