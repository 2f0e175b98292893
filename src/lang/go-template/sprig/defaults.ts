/** Sprig's functions for values that may not be set: https://masterminds.github.io/sprig/defaults.html */

import type { TemplateFunctions } from '../functions.ts';
import { ANY, BOOL, STRING } from '../go-type.ts';
import { GoError } from '../value.ts';
import { any, bool, define, defineVariadic, string } from './define.ts';
import { isEmpty } from './emptiness.ts';

export const DEFAULT_FUNCTIONS: TemplateFunctions = {
  default: defineVariadic([any], any, ANY, (fallback, [given = null]) => (isEmpty(given) ? fallback : given)),
  empty: define([any], BOOL, isEmpty),
  coalesce: defineVariadic([], any, ANY, (values) => values.find((value) => !isEmpty(value)) ?? null),
  all: defineVariadic([], any, BOOL, (values) => !values.some(isEmpty)),
  any: defineVariadic([], any, BOOL, (values) => values.some((value) => !isEmpty(value))),
  ternary: define([any, any, bool], ANY, (whenTrue, whenFalse, condition) => (condition ? whenTrue : whenFalse)),
  fail: define([string], STRING, (message) => {
    throw new GoError(message);
  }),
};
