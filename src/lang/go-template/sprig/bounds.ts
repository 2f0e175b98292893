/** Go's runtime errors for slices, and the limit of what a function may build. */
import { byteSlice, utf8Length } from '../go-string.ts';
import { GoError } from '../value.ts';

/** `s[start:end]`, where either bound may be missing; throws what Go panics with when they do not fit. */
export function sliced(text: string, start: number | undefined, end: number | undefined): string {
  const length = utf8Length(text);
  if (end !== undefined && (end < 0 || end > length))
    throw outOfRange(`:${end}`, end < 0 ? '' : ` with length ${length}`);
  const last = end ?? length;
  if (start !== undefined && (start < 0 || start > last)) throw outOfRange(`${start}:${start < 0 ? '' : last}`, '');
  return byteSlice(text, start ?? 0, last);
}

const outOfRange = (bounds: string, length: string): GoError =>
  new GoError(`runtime error: slice bounds out of range [${bounds}]${length}`);

/** How long a text, or how many elements a list, a function builds may be. Go ends in the memory that there is. */
const MAX_SIZE = 1 << 24;

export function checkSize(size: number): void {
  if (size > MAX_SIZE) throw new RangeError(`a result of ${size} elements is larger than ${MAX_SIZE}`);
}
