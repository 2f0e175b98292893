/** `call`: calls a function that is a value. https://pkg.go.dev/text/template#hdr-Functions */
import { nilOf } from './argument.ts';
import { type EvalValue, plain } from './execution.ts';
import { ANY, type GoType, isInteger } from './go-type.ts';
import { basicOf, GoError, GoFunction, type GoValue, typed, typeOf } from './value.ts';

/** Calls the first value with the others. Without a name, the pipeline has passed the function on. */
export function callWithValues(written: string | undefined, [callee, ...args]: readonly EvalValue[]): GoValue {
  const found = plain(callee);
  if (found === undefined || found === null) throw new GoError('call of nil');
  const { text, kind, callable } = typeOf(found);
  const name = written ?? (kind === 'string' ? (basicOf(found) as string) : `<${text} Value>`);
  if (!(found instanceof GoFunction) || callable === undefined) {
    throw new GoError(`non-function ${name} of type ${text}`);
  }
  const { params, variadic = false } = callable;
  const least = params.length - Number(variadic);
  if (variadic ? args.length < least : args.length !== least) {
    const wanted = variadic ? `at least ${least}` : String(least);
    throw new GoError(`wrong number of args for ${name}: got ${args.length} want ${wanted}`);
  }
  const last = params.length - 1;
  return found.call(args.map((arg, index) => prepared(plain(arg), params[Math.min(index, last)] ?? ANY, index)));
}

function prepared(value: GoValue | undefined, type: GoType, index: number): GoValue {
  if (value === undefined || value === null) {
    const nil = nilOf(type);
    if (nil === undefined) throw new GoError(`arg ${index}: value is nil; should be of type ${type.text}`);
    return nil.value ?? null;
  }
  const from = typeOf(value);
  if (from.assignableTo(type)) return value;
  if (isInteger(from) && isInteger(type)) return typed(type, basicOf(value));
  throw new GoError(`arg ${index}: value has type ${from.text}; should be ${type.text}`);
}
