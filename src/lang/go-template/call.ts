/** Calls of functions and methods: the number and types of arguments are checked as Go does before anything is called. */
import { messageOf } from '../../core/errors.ts';
import { assign } from './argument.ts';
import { type EvalValue, type Execution, plain } from './execution.ts';
import { ANY, type GoCallable, type GoType } from './go-type.ts';
import type { Node } from './node.ts';
import { TemplateError } from './template-error.ts';
import type { GoValue } from './value.ts';

/** Evaluates an argument for a parameter of a type. */
export type Argument = (run: Execution, dot: EvalValue, type: GoType) => EvalValue;

/** The arguments written behind a function or method, and whether the pipeline adds one. */
export interface CallSite {
  /** What messages say was called. */
  readonly name: string;
  /** Where the call is, for the message that it failed. */
  readonly node: Node;
  readonly args: readonly Argument[];
  readonly hasFinal: boolean;
}

/** Calls what takes Go values. */
export function callFunction(
  run: Execution,
  dot: EvalValue,
  callable: GoCallable,
  site: CallSite,
  final: EvalValue,
  call: (args: readonly GoValue[]) => GoValue,
): GoValue {
  const args = evaluateArguments(run, dot, callable, site, final);
  return guarded(run, site, () => call(args.map((arg) => plain(arg) ?? null)));
}

/** Evaluates the arguments of a call in order, the one from the pipeline last. */
export function evaluateArguments(
  run: Execution,
  dot: EvalValue,
  callable: GoCallable,
  site: CallSite,
  final: EvalValue,
): EvalValue[] {
  checkCount(run, callable, site);
  const { args, hasFinal } = site;
  const { params } = callable;
  const last = params.length - 1;
  const values: EvalValue[] = [];
  for (const arg of args) values.push(arg(run, dot, params[Math.min(values.length, last)] ?? ANY));
  if (hasFinal) values.push(assign(run, final, params[Math.min(values.length, last)] ?? ANY));
  return values;
}

function checkCount(run: Execution, { params, variadic }: GoCallable, { name, args, hasFinal }: CallSite): void {
  const count = args.length + Number(hasFinal);
  if (variadic === true) {
    const least = params.length - 1;
    if (count < least) run.fail(`wrong number of args for ${name}: want at least ${least} got ${args.length}`);
  } else if (count !== params.length) {
    run.fail(`wrong number of args for ${name}: want ${params.length} got ${count}`);
  }
}

/** Runs a call; what it throws becomes the error of the execution, with where the call is. */
export function guarded<T extends EvalValue>(run: Execution, site: Pick<CallSite, 'name' | 'node'>, call: () => T): T {
  run.step();
  try {
    const value = call();
    run.checkSize(value);
    return value;
  } catch (error) {
    if (error instanceof TemplateError) throw error;
    // Whatever else is thrown is to a template what a panic is in Go: an error of the call.
    run.node = site.node;
    return run.fail(`error calling ${site.name}: ${messageOf(error)}`, error);
  }
}
