/** Compiles pipelines, commands and their operands to functions that evaluate them. */

import { assign, assignConstant, constantValue, nilOf, REFLECT_VALUE } from './argument.ts';
import { type Argument, type CallSite, callFunction, evaluateArguments, guarded } from './call.ts';
import { callWithValues } from './call-value.ts';
import { type EvalValue, type Execution, element, InterfaceValue, isHeld } from './execution.ts';
import { fieldOf } from './field.ts';
import type { Builtin, TemplateFunction } from './functions.ts';
import { ANY } from './go-type.ts';
import {
  type ArgNode,
  type ChainNode,
  type CommandNode,
  type FieldNode,
  type IdentifierNode,
  type Node,
  nodeText,
  type PipeNode,
  type VariableNode,
} from './node.ts';
import { truth } from './truth.ts';
import type { GoValue } from './value.ts';

/** Evaluates in a context; `final` is what the pipeline passes on to the command. */
export type Evaluate = (run: Execution, dot: EvalValue, final?: EvalValue) => EvalValue;

/** What the names in a template call. */
export interface FunctionTable {
  readonly builtins: ReadonlyMap<string, Builtin>;
  readonly functions: ReadonlyMap<string, TemplateFunction>;
}

export function compilePipe(table: FunctionTable, pipe: PipeNode): Evaluate {
  const commands = pipe.commands.map((command, index) => compileCommand(table, command, index > 0));
  const [first] = commands;
  if (first !== undefined && commands.length === 1 && pipe.decl.length === 0) {
    return (run, dot) => {
      run.node = pipe;
      return opened(first(run, dot));
    };
  }
  const declare = compileDeclarations(pipe);
  return (run, dot) => {
    run.node = pipe;
    let value: EvalValue;
    for (const command of commands) value = opened(command(run, dot, value));
    declare(run, value);
    return value;
  };
}

/** What an interface holds; a nil interface is no value. */
function opened(value: EvalValue): EvalValue {
  if (value === null) return undefined;
  return value instanceof InterfaceValue && value.type === ANY ? value.value : value;
}

function compileDeclarations({ decl }: PipeNode): (run: Execution, value: EvalValue) => void {
  return (run, value) => {
    for (const { name, slot } of decl) {
      if (slot < 0) run.fail(`undefined variable: ${name}`);
      run.frame[slot] = value;
    }
  };
}

function compileCommand(table: FunctionTable, command: CommandNode, hasFinal: boolean): Evaluate {
  const [first, ...rest] = command.args;
  if (first === undefined) throw new TypeError('command without a word');
  const args = rest.map((arg) => compileArgument(table, arg));
  switch (first.kind) {
    case 'field':
      return compileField(first, args, hasFinal);
    case 'chain':
      return compileChain(table, first, args, hasFinal);
    case 'identifier':
      return compileFunction(table, first, command, args, hasFinal);
    case 'variable':
      return compileVariable(first, args, hasFinal);
    default:
      break;
  }
  if (args.length > 0 || hasFinal) {
    return (run) => {
      if (first.kind !== 'pipe') run.node = first;
      return run.fail(`can't give argument to non-function ${nodeText(first)}`);
    };
  }
  return compileSingle(table, first);
}

/** A command of one word that takes no arguments. */
function compileSingle(
  table: FunctionTable,
  word: Exclude<ArgNode, FieldNode | ChainNode | IdentifierNode | VariableNode>,
): Evaluate {
  switch (word.kind) {
    case 'pipe':
      return compilePipe(table, word);
    case 'dot':
      return (run, dot) => {
        run.node = word;
        return dot;
      };
    case 'nil':
      return (run) => {
        run.node = word;
        return run.fail('nil is not a command');
      };
    default:
      return (run) => {
        run.node = word;
        return constantValue(run, word);
      };
  }
}

/** One site for each name of a chain; arguments are those of the last. */
function sitesOf(node: Node, names: readonly string[], args: readonly Argument[], hasFinal: boolean): CallSite[] {
  return names.map((name, index) =>
    index === names.length - 1 ? { name, node, args, hasFinal } : { name, node, args: [], hasFinal: false },
  );
}

function compileField(node: FieldNode, args: readonly Argument[], hasFinal: boolean): Evaluate {
  const sites = sitesOf(node, node.fields, args, hasFinal);
  const [site] = sites;
  if (site !== undefined && sites.length === 1) {
    return (run, dot, final) => {
      run.node = node;
      return fieldOf(run, dot, dot, site, final);
    };
  }
  return (run, dot, final) => {
    run.node = node;
    return walk(run, dot, dot, sites, final);
  };
}

function walk(
  run: Execution,
  dot: EvalValue,
  start: EvalValue,
  sites: readonly CallSite[],
  final: EvalValue,
): EvalValue {
  let value = start;
  for (const site of sites) value = fieldOf(run, dot, value, site, final);
  return value;
}

function compileVariable(node: VariableNode, args: readonly Argument[], hasFinal: boolean): Evaluate {
  const sites = sitesOf(node, node.fields, args, hasFinal);
  const { name, slot } = node;
  const isCalled = sites.length === 0 && (args.length > 0 || hasFinal);
  return (run, dot, final) => {
    run.node = node;
    if (slot < 0) run.fail(`undefined variable: ${name}`);
    if (isCalled) run.fail(`can't give argument to non-function ${name}`);
    return walk(run, dot, run.frame[slot], sites, final);
  };
}

function compileChain(table: FunctionTable, node: ChainNode, args: readonly Argument[], hasFinal: boolean): Evaluate {
  const start = compileOperand(table, node.node);
  const sites = sitesOf(node, node.fields, args, hasFinal);
  return (run, dot, final) => {
    run.node = node;
    run.node = node.node;
    return walk(run, dot, start(run, dot), sites, final);
  };
}

/** What a chain begins with, without a parameter to be assigned to. */
function compileOperand(table: FunctionTable, node: ArgNode): Evaluate {
  switch (node.kind) {
    case 'pipe':
      return compilePipe(table, node);
    case 'identifier': {
      const call = compileFunction(table, node, node, [], false);
      const called = table.functions.get(node.name);
      if (called === undefined) return call;
      const { result = ANY } = called;
      return (run, dot) => {
        const value = call(run, dot);
        return value === undefined || isHeld(value) ? value : element(value, result, false);
      };
    }
    default:
      throw new TypeError(`chain begins with a ${node.kind}`);
  }
}

function compileFunction(
  table: FunctionTable,
  { name, ...located }: IdentifierNode,
  node: Node,
  args: readonly Argument[],
  hasFinal: boolean,
): Evaluate {
  const identifier: Node = { name, ...located };
  const site: CallSite = { name, node, args, hasFinal };
  const called = table.functions.get(name);
  if (called !== undefined) {
    return (run, dot, final) => {
      run.node = identifier;
      return callFunction(run, dot, called, site, final, called.call);
    };
  }
  if (name === 'and' || name === 'or') return compileLogic(identifier, site, name === 'or');
  if (name === 'call') return compileCall(identifier, site);
  const builtin = table.builtins.get(name);
  if (builtin === undefined) throw new TypeError(`function ${name} passed the parser`);
  return (run, dot, final) => {
    run.node = identifier;
    const values = evaluateArguments(run, dot, builtin, site, final);
    return guarded(run, site, () => builtin.call(values));
  };
}

/** `and` and `or` stop at the first argument that decides, and yield it. */
function compileLogic(node: Node, site: CallSite, stopsAt: boolean): Evaluate {
  const { name, args, hasFinal } = site;
  return (run, dot, final) => {
    run.node = node;
    if (args.length === 0 && !hasFinal) run.fail(`wrong number of args for ${name}: want at least 1 got 0`);
    let value: EvalValue;
    for (const arg of args) {
      value = arg(run, dot, REFLECT_VALUE);
      if (truth(value) === stopsAt) return value;
    }
    return hasFinal ? final : value;
  };
}

/** `call .F 1 2`: the name the messages give the function is how it was written. */
function compileCall(node: Node, site: CallSite): Evaluate {
  const params = { params: [REFLECT_VALUE, REFLECT_VALUE], variadic: true };
  const command = site.node.kind === 'command' ? site.node.args[1] : undefined;
  const name = command === undefined ? undefined : nodeText(command);
  return (run, dot, final) => {
    run.node = node;
    const values = evaluateArguments(run, dot, params, site, final);
    return guarded(run, site, () => callWithValues(name, values));
  };
}

/** Compiles an argument: it is evaluated, then assigned to the type of its parameter. */
function compileArgument(table: FunctionTable, node: ArgNode): Argument {
  switch (node.kind) {
    case 'dot':
      return (run, dot, type) => {
        run.node = node;
        return assign(run, dot, type);
      };
    case 'nil':
      return (run, _, type) => {
        run.node = node;
        return (nilOf(type) ?? run.fail(`cannot assign nil to ${type.text}`)).value;
      };
    case 'bool':
    case 'number':
    case 'string':
      return (run, _, type): GoValue => {
        run.node = node;
        return assignConstant(run, node, type);
      };
    default: {
      const evaluate = compileValue(table, node);
      return (run, dot, type) => {
        run.node = node;
        return assign(run, evaluate(run, dot), type);
      };
    }
  }
}

function compileValue(
  table: FunctionTable,
  node: PipeNode | FieldNode | VariableNode | IdentifierNode | ChainNode,
): Evaluate {
  switch (node.kind) {
    case 'pipe':
      return compilePipe(table, node);
    case 'field':
      return compileField(node, [], false);
    case 'variable':
      return compileVariable(node, [], false);
    case 'identifier':
      return compileFunction(table, node, node, [], false);
    default:
      return compileChain(table, node, [], false);
  }
}
