/** What sprig takes for not set: https://masterminds.github.io/sprig/defaults.html */
import { truth } from '../truth.ts';
import { GoPointer, GoStruct, type GoValue } from '../value.ts';

/** Zero, false, nil and what has a length of 0; a struct never is. */
export function isEmpty(value: GoValue): boolean {
  if (value instanceof GoPointer) return value.target === undefined;
  return !(value instanceof GoStruct) && !truth(value);
}
