/** Sprig's string functions: https://masterminds.github.io/sprig/strings.html */
import { sprint } from '../fmt.ts';
import type { TemplateFunctions } from '../functions.ts';
import { quote } from '../go-quote.ts';
import { joined, toBytes, utf8Length } from '../go-string.ts';
import { BOOL, STRING, STRING_MAP, STRING_SLICE } from '../go-type.ts';
import { GoError, GoMap, GoSlice, type GoValue, stringSlice } from '../value.ts';
import { abbreviate, wrap } from './abbreviation.ts';
import { checkSize, sliced } from './bounds.ts';
import { any, define, defineVariadic, int, string } from './define.ts';
import { split } from './split.ts';
import { textOf, textsOf } from './text-of.ts';
import {
  charactersOf,
  isDigit,
  isLetter,
  isLower,
  isSpace,
  isTitle,
  isUpper,
  lower,
  mapped,
  title,
  upper,
} from './unicode.ts';
import { toKebabCase, toPascalCase, toSnakeCase } from './word-case.ts';

const onText = (change: (text: string) => string) => define([string], STRING, change);

function trim(text: string, isCut: (character: string) => boolean): string {
  const characters = charactersOf(text);
  const start = characters.findIndex((character) => !isCut(character));
  const end = characters.findLastIndex((character) => !isCut(character));
  return start < 0 ? '' : characters.slice(start, end + 1).join('');
}

const trimAll = define([string, string], STRING, (cutset, text) => {
  const cut = new Set(charactersOf(cutset));
  return trim(text, (character) => cut.has(character));
});

function repeat(count: number, text: string): string {
  if (count < 0) throw new GoError('strings: negative Repeat count');
  checkSize(count * text.length);
  return joined(text.repeat(count));
}

/** Negative counts leave that many bytes at the end. */
function truncate(count: number, text: string): string {
  const length = utf8Length(text);
  if (count < 0 && length + count > 0) return sliced(text, length + count, undefined);
  return count >= 0 && length > count ? sliced(text, 0, count) : text;
}

function substring(start: number, end: number, text: string): string {
  if (start < 0) return sliced(text, undefined, end);
  return sliced(text, start, end < 0 || end > utf8Length(text) ? undefined : end);
}

/** Bytes count as characters here, as they do in Go's original. */
const byteCharacters = (text: string): string[] => Array.from(toBytes(text), (byte) => String.fromCharCode(byte));

const withoutSpace = (text: string): string =>
  // A text that has no space is returned as it is, everything else byte by byte.
  byteCharacters(text).some(isSpace)
    ? byteCharacters(text)
        .filter((character) => !isSpace(character))
        .join('')
    : text;

const afterGap = (characters: readonly string[], index: number): boolean =>
  index === 0 || isSpace(characters[index - 1] ?? '');

const initials = (text: string): string =>
  byteCharacters(text)
    .filter((character, index, all) => !isSpace(character) && afterGap(all, index))
    .join('');

const untitle = (text: string): string =>
  charactersOf(text.toWellFormed())
    .map((character, index, all) => (afterGap(all, index) ? lower(character) : character))
    .join('');

function swapCase(text: string): string {
  let gap = true;
  const swapped = (character: string): string => {
    const afterSpace = gap;
    const cased = isUpper(character) || isTitle(character) || isLower(character);
    gap = !cased && isSpace(character);
    if (!cased) return character;
    return isLower(character) ? (afterSpace ? title(character) : upper(character)) : lower(character);
  };
  return mapped(text, swapped);
}

/** `strings.Title`, which is deprecated for what it takes to be a word. */
function titled(text: string): string {
  let previous = ' ';
  return mapped(text, (character) => {
    const begins = separates(previous);
    previous = character;
    return begins ? title(character) : character;
  });
}

function separates(character: string): boolean {
  // oxlint-disable-next-line no-control-regex -- ASCII is what is asked for
  if (/^[\x00-\x7f]$/.test(character)) return !/\w/.test(character);
  return !isLetter(character) && !isDigit(character) && isSpace(character);
}

const indent = (spaces: number, text: string): string => {
  if (spaces < 0) throw new GoError('strings: negative Repeat count');
  checkSize(spaces * (text.split('\n').length + 1));
  const pad = ' '.repeat(spaces);
  return pad + text.replaceAll('\n', `\n${pad}`);
};

/** `strings.ReplaceAll`: an empty text is found before every character and at the end. */
const replace = (from: string, to: string, text: string): string => {
  const parts = from === '' ? ['', ...charactersOf(text), ''] : text.split(from);
  checkSize(text.length + parts.length * to.length);
  return joined(parts.join(to));
};

/** Parts by the names `_0`, `_1` and so on. */
const named = (parts: readonly string[]): GoMap =>
  new GoMap(
    STRING_MAP,
    parts.map((part, index) => [`_${index}`, part] as const),
  );

const isPresent = (value: GoValue): boolean => value !== null;

const LETTER_FUNCTIONS: TemplateFunctions = {
  upper: onText((text) => mapped(text, upper)),
  lower: onText((text) => mapped(text, lower)),
  title: onText(titled),
  untitle: onText(untitle),
  swapcase: onText(swapCase),
  snakecase: onText(toSnakeCase),
  camelcase: onText(toPascalCase),
  kebabcase: onText(toKebabCase),
  nospace: onText(withoutSpace),
  initials: onText(initials),
};

const CUTTING_FUNCTIONS: TemplateFunctions = {
  trim: onText((text) => trim(text, isSpace)),
  trimall: trimAll,
  trimAll,
  trimSuffix: define([string, string], STRING, (suffix, text) =>
    suffix !== '' && text.endsWith(suffix) ? text.slice(0, -suffix.length) : text,
  ),
  trimPrefix: define([string, string], STRING, (prefix, text) =>
    text.startsWith(prefix) ? text.slice(prefix.length) : text,
  ),
  trunc: define([int, string], STRING, truncate),
  substr: define([int, int, string], STRING, substring),
  abbrev: define([int, string], STRING, (width, text) => (width < 4 ? text : abbreviate(text, 0, width))),
  abbrevboth: define([int, int, string], STRING, (left, right, text) =>
    right < 4 || (left > 0 && right < 7) ? text : abbreviate(text, left, right),
  ),
  wrap: define([int, string], STRING, (width, text) => wrap(text, width, '', false)),
  wrapWith: define([int, string, string], STRING, (width, lineBreak, text) => wrap(text, width, lineBreak, true)),
  split: define([string, string], STRING_MAP, (separator, text) => named(split(text, separator))),
  splitn: define([string, int, string], STRING_MAP, (separator, limit, text) => named(split(text, separator, limit))),
  splitList: define([string, string], STRING_SLICE, (separator, text) => stringSlice(split(text, separator))),
};

export const STRING_FUNCTIONS: TemplateFunctions = {
  ...LETTER_FUNCTIONS,
  ...CUTTING_FUNCTIONS,
  hello: define([], STRING, () => 'Hello!'),
  repeat: define([int, string], STRING, repeat),
  contains: define([string, string], BOOL, (part, text) => text.includes(part)),
  hasPrefix: define([string, string], BOOL, (prefix, text) => text.startsWith(prefix)),
  hasSuffix: define([string, string], BOOL, (suffix, text) => text.endsWith(suffix)),
  replace: define([string, string, string], STRING, replace),
  indent: define([int, string], STRING, indent),
  nindent: define([int, string], STRING, (spaces, text) => `\n${indent(spaces, text)}`),
  plural: define([string, string, int], STRING, (one, many, count) => (count === 1 ? one : many)),
  quote: defineVariadic([], any, STRING, (values) =>
    values
      .filter(isPresent)
      .map((value) => quote(textOf(value)))
      .join(' '),
  ),
  squote: defineVariadic([], any, STRING, (values) =>
    values
      .filter(isPresent)
      .map((value) => `'${sprint([value])}'`)
      .join(' '),
  ),
  cat: defineVariadic([], any, STRING, (values) =>
    values
      .filter(isPresent)
      .map((value) => sprint([value]))
      .join(' '),
  ),
  join: define([string, any], STRING, (separator, value) => {
    const texts = textsOf(value);
    checkSize(texts.length * separator.length);
    return joined(texts.join(separator));
  }),
  toString: define([any], STRING, textOf),
  toStrings: define([any], STRING_SLICE, (value) =>
    value instanceof GoSlice && value.type === STRING_SLICE ? value : stringSlice(textsOf(value)),
  ),
};
