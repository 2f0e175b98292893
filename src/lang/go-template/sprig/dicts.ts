/** Sprig's functions for maps with string keys: https://masterminds.github.io/sprig/dicts.html */

import type { TemplateFunctions } from '../functions.ts';
import { GoTime } from '../go-time.ts';
import { ANY, ANY_MAP, ANY_SLICE, BOOL, isExported, STRING_SLICE } from '../go-type.ts';
import {
  anyMap,
  anySlice,
  GoError,
  GoMap,
  GoPointer,
  GoSlice,
  GoStruct,
  type GoValue,
  stringSlice,
  typeOf,
  zeroOf,
} from '../value.ts';
import { any, define, defineVariadic, map, string } from './define.ts';
import { mergeInto } from './merge.ts';
import { textOf } from './text-of.ts';

/** Keys and values in turns; the last key may lack its value. */
function dict(values: readonly GoValue[]): GoMap {
  const entries = anyMap([]);
  for (let index = 0; index < values.length; index += 2) {
    entries.set(textOf(values[index] ?? null), index + 1 < values.length ? (values[index + 1] ?? null) : '');
  }
  return entries;
}

const filtered = (entries: GoMap, isWanted: (key: string) => boolean): GoMap =>
  new GoMap(
    ANY_MAP,
    [...entries].filter(([key]) => typeof key === 'string' && isWanted(key)),
  );

/** Keys from the outer to the inner map, then the default, then the map. */
function dig(path: readonly GoValue[]): GoValue {
  if (path.length < 3) throw new GoError('dig needs at least three arguments');
  const fallback = path.at(-2) ?? null;
  let found: GoValue = path.at(-1) ?? null;
  const keys = path.slice(0, -2);
  if (!isAnyMap(found)) throw notConverted(found, ANY_MAP.text);
  for (const key of keys) if (typeof key !== 'string') throw notConverted(key, 'string');
  for (const key of keys) {
    if (!isAnyMap(found)) throw notConverted(found, ANY_MAP.text);
    const entry: GoValue | undefined = found.get(key);
    if (entry === undefined) return fallback;
    found = entry;
  }
  return found;
}

const isAnyMap = (value: GoValue): value is GoMap => value instanceof GoMap && value.type === ANY_MAP;

const notConverted = (value: GoValue, wanted: string): GoError =>
  new GoError(`interface conversion: interface {} is ${value === null ? 'nil' : typeOf(value).text}, not ${wanted}`);

/** Only maps can be changed, so lists, structs and pointers are copied for those in them; what is not exported is lost. */
function deepCopy(value: GoValue): GoValue {
  if (value instanceof GoMap) return value.isNil ? value : new GoMap(value.type, copiedEntries(value));
  if (value instanceof GoSlice) return new GoSlice(value.type, value.items?.map(deepCopy), value.capacity);
  if (value instanceof GoPointer) {
    return value.target === undefined ? value : new GoPointer(value.type, deepCopy(value.target));
  }
  // The message of an error is not exported either.
  if (value instanceof GoError) return new GoError('');
  return value instanceof GoStruct && !(value instanceof GoTime) ? copiedStruct(value) : value;
}

const copiedEntries = (map: GoMap): [GoValue, GoValue][] => [...map].map(([key, item]) => [key, deepCopy(item)]);

const copiedStruct = (struct: GoStruct): GoStruct =>
  new GoStruct(
    struct.type,
    struct.type.fields.map(({ name, type }, index) =>
      isExported(name) ? deepCopy(struct.field(index)) : zeroOf(type),
    ),
  );

const copy = define([any], ANY, (value) => {
  if (value === null) throw new GoError('reflect: call of reflect.Value.Type on zero Value');
  return deepCopy(value);
});

const merging = (overwrite: boolean) =>
  defineVariadic([map], map, ANY, (first, others) => {
    const target = first.isNil && others.some((other) => !other.isNil) ? anyMap([]) : first;
    for (const other of others) mergeInto(target, other, overwrite);
    return target;
  });

const merge = merging(false);
const mergeOverwrite = merging(true);

export const DICT_FUNCTIONS: TemplateFunctions = {
  dict: defineVariadic([], any, ANY_MAP, dict),
  get: define([map, string], ANY, (entries, key) => entries.get(key) ?? (entries.has(key) ? null : '')),
  set: define([map, string, any], ANY_MAP, (entries, key, value) => {
    entries.set(key, value);
    return entries;
  }),
  unset: define([map, string], ANY_MAP, (entries, key) => {
    entries.delete(key);
    return entries;
  }),
  hasKey: define([map, string], BOOL, (entries, key) => entries.has(key)),
  pluck: defineVariadic([string], map, ANY_SLICE, (key, maps) =>
    anySlice(maps.filter((entries) => entries.has(key)).map((entries) => entries.get(key) ?? null)),
  ),
  keys: defineVariadic([], map, STRING_SLICE, (maps) =>
    stringSlice(maps.flatMap((entries) => [...entries].map(([key]) => textOf(key)))),
  ),
  values: define([map], ANY_SLICE, (entries) => anySlice([...entries].map(([, value]) => value))),
  pick: defineVariadic([map], string, ANY_MAP, (entries, keys) =>
    anyMap(keys.filter((key) => entries.has(key)).map((key) => [key, entries.get(key) ?? null] as const)),
  ),
  omit: defineVariadic([map], string, ANY_MAP, (entries, keys) => filtered(entries, (key) => !keys.includes(key))),
  dig: defineVariadic([], any, ANY, dig),
  merge,
  mustMerge: merge,
  mergeOverwrite,
  mustMergeOverwrite: mergeOverwrite,
  deepCopy: copy,
  mustDeepCopy: copy,
};
