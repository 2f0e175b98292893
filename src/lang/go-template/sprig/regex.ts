/** Sprig's functions for regular expressions: https://masterminds.github.io/sprig/regex.html */

import type { TemplateFunction, TemplateFunctions } from '../functions.ts';
import { BOOL, STRING, STRING_SLICE } from '../go-type.ts';
import { GoError, GoSlice, type GoValue, stringSlice } from '../value.ts';
import { define, int, string } from './define.ts';
import { compile, expand, findAll, isMatch, mustCompile, replaceAll, split } from './regular-expression.ts';

type Compile = typeof compile;

const textsOf = (texts: readonly string[]): GoValue =>
  texts.length === 0 ? new GoSlice(STRING_SLICE, undefined) : stringSlice(texts);

/** An expression that does not compile matches nothing. */
function matchesAny(expression: string, text: string): boolean {
  try {
    return isMatch(compile(expression), text);
  } catch (error) {
    if (error instanceof GoError) return false;
    throw error;
  }
}

/** The functions whose messages differ by how the expression was compiled. */
const withCompile = (compiled: Compile): Record<string, TemplateFunction> => ({
  FindAll: define([string, string, int], STRING_SLICE, (expression, text, limit) =>
    textsOf(findAll(compiled(expression), text, limit).map(([start, end]) => text.slice(start, end))),
  ),
  Find: define([string, string], STRING, (expression, text) => {
    const matcher = compiled(expression).matcher(text);
    return matcher.find() ? (matcher.group() ?? '') : '';
  }),
  ReplaceAll: define([string, string, string], STRING, (expression, text, replacement) => {
    const regex = compiled(expression);
    return replaceAll(regex, text, (matcher) => expand(replacement, matcher, regex.namedGroups()));
  }),
  ReplaceAllLiteral: define([string, string, string], STRING, (expression, text, replacement) =>
    replaceAll(compiled(expression), text, () => replacement),
  ),
  Split: define([string, string, int], STRING_SLICE, (expression, text, limit) => {
    const parts = split(compiled(expression), text, limit);
    return parts === undefined ? textsOf([]) : stringSlice(parts);
  }),
});

const named = (prefix: string, functions: Readonly<Record<string, TemplateFunction>>): TemplateFunctions =>
  Object.fromEntries(Object.entries(functions).map(([name, declared]) => [prefix + name, declared]));

export const REGEX_FUNCTIONS: TemplateFunctions = {
  regexMatch: define([string, string], BOOL, matchesAny),
  mustRegexMatch: define([string, string], BOOL, (expression, text) => isMatch(compile(expression), text)),
  ...named('regex', withCompile(mustCompile)),
  ...named('mustRegex', withCompile(compile)),
  regexQuoteMeta: define([string], STRING, (text) => text.replace(/[\\.+*?()|[\]{}^$]/g, '\\$&')),
};
