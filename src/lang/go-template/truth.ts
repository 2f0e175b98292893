/** What counts as true in `if`, `with`, `and`, `or` and `not`: https://pkg.go.dev/text/template#IsTrue */
import { type EvalValue, plain } from './execution.ts';
import { GoMap, GoPointer, GoScalar, GoSlice } from './value.ts';

/** Whether a value is not the zero of its type; of slices and maps, whether they are not empty. Structs always are true. */
export function truth(value: EvalValue): boolean {
  const found = plain(value);
  if (found === null || found === undefined) return false;
  if (typeof found === 'number') return found !== 0;
  if (typeof found !== 'object') return Boolean(found);
  if (found instanceof GoMap) return found.size > 0;
  if (found instanceof GoSlice) return found.length > 0;
  if (found instanceof GoPointer) return found.target !== undefined;
  return !(found instanceof GoScalar) || basicTruth(found.value);
}

function basicTruth(value: GoScalar['value']): boolean {
  if (typeof value === 'object') return value.real !== 0 || value.imaginary !== 0;
  return typeof value === 'number' ? value !== 0 : Boolean(value);
}
