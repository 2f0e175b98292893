/** The functions templates can call. */
import type { EvalValue } from './execution.ts';
import type { GoCallable } from './go-type.ts';
import type { GoValue } from './value.ts';

/**
 * A function for templates. Arguments are checked against `params` before it is called, with Go's messages, and are
 * values of those types then; nil arrives as the nil of the parameter's type. What it throws,
 * a GoError as a rule, fails the execution with `error calling NAME: MESSAGE`.
 */
export interface TemplateFunction extends GoCallable {
  readonly call: (args: readonly GoValue[]) => GoValue;
}

export type TemplateFunctions = Readonly<Record<string, TemplateFunction>>;

/** A function of the language itself, which sees where its arguments came from. */
export interface Builtin extends GoCallable {
  readonly call: (args: readonly EvalValue[]) => EvalValue;
}
