/** `env` and `expandenv`, over the environment they are given: https://masterminds.github.io/sprig/os.html */

import type { TemplateFunctions } from '../functions.ts';
import { STRING } from '../go-type.ts';
import { define, string } from './define.ts';

export type Environment = Readonly<Record<string, string | undefined>>;

/** A variable as a shell would name it; what is behind `${` may lack its end. */
const VARIABLE = /\$(?:\{([^}]*)\}|(\{)|([*#$@!?0-9-]|\w+))/g;

export function environmentFunctions(environment: Environment): TemplateFunctions {
  const valueOf = (name: string): string => (Object.hasOwn(environment, name) ? (environment[name] ?? '') : '');
  const expanded = (text: string): string =>
    text.replace(VARIABLE, (_, braced: string | undefined, open: string | undefined, bare: string | undefined) =>
      open === undefined ? valueOf(braced ?? bare ?? '') : '',
    );
  return {
    env: define([string], STRING, valueOf),
    expandenv: define([string], STRING, expanded),
  };
}
