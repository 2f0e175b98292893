/**
 * The functions every template can call. `and`, `or` and `call` are not among them: how their arguments are evaluated is
 * part of the language (`command.ts`). https://pkg.go.dev/text/template#hdr-Functions
 */
import { REFLECT_VALUE } from './argument.ts';
import { equalsAny, isLess, isLessOrEqual } from './comparison.ts';
import { escapeHtml, escapeJs, escapeQuery } from './escaping.ts';
import { type EvalValue, plain, printable } from './execution.ts';
import { sprint, sprintf, sprintln } from './fmt.ts';
import type { Builtin } from './functions.ts';
import { ANY, STRING } from './go-type.ts';
import { indexInto, lengthOf, sliceOut } from './indexing.ts';
import { truth } from './truth.ts';
import type { GoValue } from './value.ts';

const values = (args: readonly EvalValue[]): GoValue[] => args.map((arg) => plain(arg) ?? null);

/** The text of the arguments as the template would print them. */
const textOf = (args: readonly EvalValue[]): string =>
  // Nil prints as no value here too.
  sprint(args.map((arg) => printable(arg ?? undefined)));

const overText = (escape: (text: string) => string): Builtin => ({
  params: [ANY],
  variadic: true,
  call: (args) => escape(textOf(args)),
});

const PAIR = { params: [REFLECT_VALUE, REFLECT_VALUE] };

export const BUILTINS: Readonly<Record<string, Builtin>> = {
  not: { params: [REFLECT_VALUE], call: ([arg]) => !truth(arg) },
  html: overText(escapeHtml),
  js: overText(escapeJs),
  urlquery: overText(escapeQuery),
  index: { params: [REFLECT_VALUE, REFLECT_VALUE], variadic: true, call: indexInto },
  slice: { params: [REFLECT_VALUE, REFLECT_VALUE], variadic: true, call: sliceOut },
  len: { params: [REFLECT_VALUE], call: ([arg]) => lengthOf(arg) },
  print: { params: [ANY], variadic: true, call: (args) => sprint(values(args)) },
  printf: {
    params: [STRING, ANY],
    variadic: true,
    call: ([format, ...args]) => (typeof format === 'string' ? sprintf(format, values(args)) : ''),
  },
  println: { params: [ANY], variadic: true, call: (args) => sprintln(values(args)) },
  eq: { params: [REFLECT_VALUE, REFLECT_VALUE], variadic: true, call: equalsAny },
  ne: { ...PAIR, call: (args) => !equalsAny(args) },
  lt: { ...PAIR, call: isLess },
  le: { ...PAIR, call: isLessOrEqual },
  gt: { ...PAIR, call: (args) => !isLessOrEqual(args) },
  ge: { ...PAIR, call: (args) => !isLess(args) },
};
