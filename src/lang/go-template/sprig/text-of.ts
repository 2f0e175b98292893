/** Values as the texts that sprig's string functions work on. */
import { sprint } from '../fmt.ts';
import { fromBytes } from '../go-string.ts';
import { BYTES } from '../go-type.ts';
import { bytesOf, GoSlice, type GoValue } from '../value.ts';

/** `toString`: bytes are text here, everything else is as `%v` prints it. */
export function textOf(value: GoValue): string {
  if (typeof value === 'string') return value;
  return value instanceof GoSlice && value.type === BYTES ? fromBytes(bytesOf(value)) : sprint([value]);
}

/** `toStrings`: the elements of a list that are not nil, or what is no list as the only one. */
export function textsOf(value: GoValue): string[] {
  if (value instanceof GoSlice) return (value.items ?? []).filter((item) => item !== null).map(textOf);
  return value === null ? [] : [textOf(value)];
}
