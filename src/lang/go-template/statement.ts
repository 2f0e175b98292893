/** Compiles the statements of a template to functions that carry them out. */
import { compilePipe, type Evaluate, type FunctionTable } from './command.ts';
import { type EvalValue, type Execution, element, indirect, plain, printable } from './execution.ts';
import { sprint } from './fmt.ts';
import { quote } from './go-quote.ts';
import {
  type ActionNode,
  type BranchNode,
  type ListNode,
  nodeText,
  type StatementNode,
  type TemplateNode,
  type Tree,
} from './node.ts';
import { truth } from './truth.ts';
import { GoFunction, GoMap, GoScalar, GoSlice, type GoValue, typed, typeOf } from './value.ts';

/** How a statement ended: in order, or with what a loop around it has to do. */
type Ending = undefined | 'break' | 'continue';

type Carry = (run: Execution, dot: EvalValue) => Ending;

/** A template as it is called. */
interface CompiledTemplate {
  readonly name: string;
  readonly body: Carry;
}

/** Executes the template of that name with a value for its dot. */
export type CallTemplate = (run: Execution, name: string, dot: EvalValue) => void;

export function compileTemplates(table: FunctionTable, trees: ReadonlyMap<string, Tree>): CallTemplate {
  const templates = new Map<string, CompiledTemplate>();
  const context: Context = { table, templates };
  for (const { name, list } of trees.values()) {
    templates.set(name, { name, body: compileList(context, list) });
  }
  return (run, name, dot) => callTemplate(context, run, name, dot);
}

interface Context {
  readonly table: FunctionTable;
  readonly templates: ReadonlyMap<string, CompiledTemplate>;
}

function callTemplate({ templates }: Context, run: Execution, name: string, dot: EvalValue): void {
  const template = templates.get(name);
  if (template === undefined) throw new TypeError(`template ${name} was looked up before`);
  const { frame, template: caller } = run;
  run.template = template.name;
  run.frame = [dot];
  template.body(run, dot);
  run.template = caller;
  run.frame = frame;
}

function compileList(context: Context, list: ListNode): Carry {
  const statements = list.map((node) => compileStatement(context, node));
  return (run, dot) => {
    for (const statement of statements) {
      const ending = statement(run, dot);
      if (ending !== undefined) return ending;
    }
    return undefined;
  };
}

function compileStatement(context: Context, node: StatementNode): Carry {
  switch (node.kind) {
    case 'text':
      return (run) => {
        run.write(node.text);
        return undefined;
      };
    case 'action':
      return compileAction(context, node);
    case 'if':
    case 'with':
      return compileCondition(context, node);
    case 'range':
      return compileRange(context, node);
    case 'template':
      return compileTemplateCall(context, node);
    default:
      return () => node.kind;
  }
}

function compileAction({ table }: Context, node: ActionNode): Carry {
  const evaluate = compilePipe(table, node.pipe);
  // What declares or assigns is not printed.
  const isPrinted = node.pipe.decl.length === 0;
  return (run, dot) => {
    run.step();
    const value = evaluate(run, dot);
    if (!isPrinted) return undefined;
    if (typeof value === 'string') run.print(value);
    else {
      run.node = node;
      print(run, node, value);
    }
    return undefined;
  };
}

function print(run: Execution, node: ActionNode, value: EvalValue): void {
  const shown = printable(value);
  if (shown instanceof GoFunction) run.fail(`can't print ${nodeText(node)} of type ${shown.type.text}`);
  run.print(typeof shown === 'bigint' ? shown.toString() : run.bounded(() => sprint([shown], run.maxBytes)));
}

function compileCondition(context: Context, node: BranchNode): Carry {
  const evaluate = compilePipe(context.table, node.pipe);
  const list = compileList(context, node.list);
  const elseList = node.elseList === undefined ? undefined : compileList(context, node.elseList);
  const setsDot = node.kind === 'with';
  return (run, dot) => {
    run.step();
    const value = evaluate(run, dot);
    if (truth(value)) return list(run, setsDot ? value : dot);
    return elseList?.(run, dot);
  };
}

function compileTemplateCall(context: Context, node: TemplateNode): Carry {
  const evaluate: Evaluate = node.pipe === undefined ? () => undefined : compilePipe(context.table, node.pipe);
  return (run, dot) => {
    run.step();
    run.node = node;
    if (!context.templates.has(node.name)) run.fail(`template ${quote(node.name)} not defined`);
    if (run.depth === run.maxDepth) run.fail(`exceeded maximum template depth (${run.maxDepth})`);
    const value = evaluate(run, dot);
    run.depth++;
    callTemplate(context, run, node.name, value);
    run.depth--;
    return undefined;
  };
}

/** The pairs a range visits. What has no index is visited with an invalid one. */
type Pairs = Iterable<readonly [EvalValue, EvalValue]>;

function compileRange(context: Context, node: BranchNode): Carry {
  const evaluate = compilePipe(context.table, node.pipe);
  const list = compileList(context, node.list);
  const elseList = node.elseList === undefined ? undefined : compileList(context, node.elseList);
  const slots = node.pipe.decl.map((variable) => variable.slot);
  const elementSlot = slots.at(-1);
  const indexSlot = slots.length > 1 ? slots[0] : undefined;
  return (run, dot) => {
    run.step();
    let isEmpty = true;
    for (const [index, item] of pairsOf(run, evaluate(run, dot), slots.length)) {
      run.step();
      isEmpty = false;
      if (indexSlot !== undefined) run.frame[indexSlot] = index;
      if (elementSlot !== undefined) run.frame[elementSlot] = item;
      if (list(run, item) === 'break') break;
    }
    return isEmpty ? elseList?.(run, dot) : undefined;
  };
}

function pairsOf(run: Execution, value: EvalValue, variables: number): Pairs {
  const found = plain(value);
  if (found === undefined) return [];
  const target = found === null ? null : indirect(found);
  if (target instanceof GoSlice) return itemsOf(target);
  if (target instanceof GoMap) return entriesOf(target);
  const count = target instanceof GoScalar ? target.value : target;
  if (typeof count !== 'bigint') return run.fail(`range can't iterate over ${sprint([target])}`);
  if (variables > 1) run.fail(`can't use ${sprint([target])} to iterate over more than one variable`);
  return numbersTo(target, count);
}

function* itemsOf({ items = [], type }: GoSlice): Generator<readonly [EvalValue, EvalValue]> {
  for (let index = 0; index < items.length; index++) {
    yield [BigInt(index), element(items[index] ?? null, type.elem, true)];
  }
}

function* entriesOf(map: GoMap): Generator<readonly [EvalValue, EvalValue]> {
  for (const [key, value] of map.sorted()) {
    yield [element(key, map.keyType, false), element(value, map.elemType, false)];
  }
}

function* numbersTo(count: GoValue, end: bigint): Generator<readonly [EvalValue, EvalValue]> {
  const type = typeOf(count);
  for (let number = 0n; number < end; number++) yield [undefined, typed(type, number)];
}
