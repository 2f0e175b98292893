/** How the functions here are declared: parameters with their Go types, and what arrives for them in JavaScript. */
import type { TemplateFunction } from '../functions.ts';
import { ANY, ANY_MAP, ANY_SLICE, BOOL, FLOAT64, type GoType, INT, STRING } from '../go-type.ts';
import type { GoMap, GoSlice, GoValue } from '../value.ts';

/** Arguments were checked against `type` before they are read. */
export interface Parameter<T> {
  readonly type: GoType;
  readonly read: (value: GoValue) => T;
}

export const parameter = <T extends GoValue>(type: GoType): Parameter<T> => ({
  type,
  read: (value) => value as T,
});

export const any = parameter<GoValue>(ANY);
export const string = parameter<string>(STRING);
export const bool = parameter<boolean>(BOOL);
export const float = parameter<number>(FLOAT64);
export const map = parameter<GoMap>(ANY_MAP);
export const list = parameter<GoSlice>(ANY_SLICE);
export const bigInt = parameter<bigint>(INT);
/** An `int` that counts or points at something: beyond 2⁵³ its value no longer matters. */
export const int: Parameter<number> = { type: INT, read: Number };

type Arguments<P extends readonly Parameter<unknown>[]> = {
  [I in keyof P]: P[I] extends Parameter<infer T> ? T : never;
};

export function define<const P extends readonly Parameter<unknown>[]>(
  params: P,
  result: GoType,
  call: (...args: Arguments<P>) => GoValue,
): TemplateFunction {
  return {
    params: params.map(({ type }) => type),
    result,
    call: (args) => call(...(params.map(({ read }, index) => read(args[index] ?? null)) as Arguments<P>)),
  };
}

/** A variadic function: all arguments behind the fixed ones arrive as one array. */
export function defineVariadic<const P extends readonly Parameter<unknown>[], T>(
  params: P,
  rest: Parameter<T>,
  result: GoType,
  call: (...args: [...Arguments<P>, readonly T[]]) => GoValue,
): TemplateFunction {
  return {
    params: [...params, rest].map(({ type }) => type),
    variadic: true,
    result,
    call: (args) => {
      const fixed = params.map(({ read }, index) => read(args[index] ?? null)) as Arguments<P>;
      return call(...fixed, args.slice(params.length).map(rest.read));
    },
  };
}
