/** Sprig's list functions: https://masterminds.github.io/sprig/lists.html */

import type { TemplateFunctions } from '../functions.ts';
import { compareStrings } from '../go-string.ts';
import { ANY, ANY_SLICE, BOOL, STRING_SLICE } from '../go-type.ts';
import { anySlice, GoError, GoPointer, GoSlice, type GoValue, stringSlice, typeOf } from '../value.ts';
import { toInt64, truncated } from './cast.ts';
import { deepEqual } from './deep-equal.ts';
import { any, define, defineVariadic, int } from './define.ts';
import { isEmpty } from './emptiness.ts';
import { textOf, textsOf } from './text-of.ts';

type Items = readonly GoValue[];

/** The elements of a list, or the error of the action that is refused for anything else. */
function itemsOf(value: GoValue, refusal: (kind: string) => string): Items {
  if (value instanceof GoSlice) return value.items ?? [];
  if (value === null) throw new GoError('runtime error: invalid memory address or nil pointer dereference');
  throw new GoError(refusal(typeOf(value).kind));
}

/** The elements for an action that is named in messages. */
const itemsTo =
  (action: string) =>
  (value: GoValue): Items =>
    itemsOf(value, (kind) => `Cannot ${action} on type ${kind}`);

const NO_ITEMS = new GoSlice(ANY_SLICE, undefined);

const onItems = (action: string, change: (items: Items) => GoSlice | GoValue, result = ANY_SLICE) => {
  const items = itemsTo(action);
  return define([any], result, (list) => change(items(list)));
};

function unique(items: Items): GoValue[] {
  const found: GoValue[] = [];
  for (const item of items) if (!found.some((other) => deepEqual(item, other))) found.push(item);
  return found;
}

/** The last chunk is what is left over; sizes below 1 fail or yield nothing, as they do in Go. */
function chunk(size: number, items: Items): GoSlice {
  const count = truncated(Math.floor((items.length - 1) / size) + 1);
  if (count < 0n) throw new GoError('runtime error: makeslice: len out of range');
  const chunks = Array.from({ length: Number(count) }, (_, index) => {
    const isLast = index === Number(count) - 1;
    const length = isLast ? items.length % size || size : size;
    if (length < 0) throw new GoError('runtime error: makeslice: len out of range');
    return anySlice(Array.from({ length }, (__, offset) => itemAt(items, index * size + offset)));
  });
  return new GoSlice(ANY_SLICE.sliceOf(), chunks);
}

function itemAt(items: Items, index: number): GoValue {
  const item = items[index];
  if (item === undefined) throw new GoError('reflect: slice index out of range');
  return item;
}

/** `slice list start end`, which keeps the type of the list. */
function subList(list: GoValue, [start, end]: Items): GoValue {
  const items = itemsOf(list, (kind) => `list should be type of slice or array but ${kind}`);
  if (!(list instanceof GoSlice) || items.length === 0) return null;
  const from = start === undefined ? 0 : Number(toInt64(start));
  const to = end === undefined ? items.length : Number(toInt64(end));
  if (from < 0 || to < from || to > items.length) throw new GoError('reflect.Value.Slice: slice index out of bounds');
  return new GoSlice(list.type, items.slice(from, to), list.capacity - from);
}

/** A list of lists becomes one; nil when nothing was in them. */
function concat(lists: Items): GoValue {
  const all = lists.flatMap((list) => itemsOf(list, (kind) => `Cannot concat type ${kind} as list`));
  return all.length === 0 ? NO_ITEMS : anySlice(all);
}

/** A `[]string` is sorted itself, so whoever else holds it sees it sorted. */
function sortAlpha(value: GoValue): GoValue {
  if (value instanceof GoSlice && value.type === STRING_SLICE) {
    const items = (value.items ?? []) as string[];
    items.sort(compareStrings);
    return value;
  }
  const target = value instanceof GoPointer ? value.target : value;
  return target instanceof GoSlice ? stringSlice(textsOf(value).sort(compareStrings)) : stringSlice([textOf(value)]);
}

const append = define([any, any], ANY_SLICE, (list, item) => anySlice([...itemsTo('push')(list), item]));
const prepend = define([any, any], ANY_SLICE, (list, item) => anySlice([item, ...itemsTo('prepend')(list)]));
const first = onItems('find first', (items) => items[0] ?? null, ANY);
const last = onItems('find last', (items) => items.at(-1) ?? null, ANY);
const rest = onItems('find rest', (items) => (items.length === 0 ? NO_ITEMS : anySlice(items.slice(1))));
const initial = onItems('find initial', (items) => (items.length === 0 ? NO_ITEMS : anySlice(items.slice(0, -1))));
const reverse = onItems('find reverse', (items) => anySlice(items.toReversed()));
const compact = onItems('compact', (items) => anySlice(items.filter((item) => !isEmpty(item))));
const uniq = onItems('find uniq', (items) => anySlice(unique(items)));
const without = defineVariadic([any], any, ANY_SLICE, (list, omitted) =>
  anySlice(itemsTo('find without')(list).filter((item) => !omitted.some((other) => deepEqual(item, other)))),
);
const has = define(
  [any, any],
  BOOL,
  (needle, list) => list !== null && itemsTo('find has')(list).some((item) => deepEqual(needle, item)),
);
const slice = defineVariadic([any], any, ANY, subList);
const chunkOf = define([int, any], ANY_SLICE.sliceOf(), (size, list) =>
  chunk(
    size,
    itemsOf(list, (kind) => `Cannot chunk type ${kind}`),
  ),
);
const list = defineVariadic([], any, ANY_SLICE, anySlice);

/** Each function that can fail has a second name, under which Go returns the error instead of panicking with it. */
export const LIST_FUNCTIONS: TemplateFunctions = {
  list,
  tuple: list,
  append,
  mustAppend: append,
  push: append,
  mustPush: append,
  prepend,
  mustPrepend: prepend,
  first,
  mustFirst: first,
  last,
  mustLast: last,
  rest,
  mustRest: rest,
  initial,
  mustInitial: initial,
  reverse,
  mustReverse: reverse,
  compact,
  mustCompact: compact,
  uniq,
  mustUniq: uniq,
  without,
  mustWithout: without,
  has,
  mustHas: has,
  slice,
  mustSlice: slice,
  chunk: chunkOf,
  mustChunk: chunkOf,
  concat: defineVariadic([], any, ANY, concat),
  sortAlpha: define([any], STRING_SLICE, sortAlpha),
};
