/** Sprig's questions about types: https://masterminds.github.io/sprig/reflection.html */

import type { TemplateFunctions } from '../functions.ts';
import { BOOL, STRING } from '../go-type.ts';
import { type GoValue, typeOf } from '../value.ts';
import { deepEqual } from './deep-equal.ts';
import { any, define, string } from './define.ts';

const typeText = (value: GoValue): string => (value === null ? '<nil>' : typeOf(value).text);
const kindText = (value: GoValue): string => (value === null ? 'invalid' : typeOf(value).kind);

export const REFLECTION_FUNCTIONS: TemplateFunctions = {
  typeOf: define([any], STRING, typeText),
  typeIs: define([string, any], BOOL, (type, value) => type === typeText(value)),
  typeIsLike: define([string, any], BOOL, (type, value) => [type, `*${type}`].includes(typeText(value))),
  kindOf: define([any], STRING, kindText),
  kindIs: define([string, any], BOOL, (kind, value) => kind === kindText(value)),
  deepEqual: define([any, any], BOOL, deepEqual),
};
