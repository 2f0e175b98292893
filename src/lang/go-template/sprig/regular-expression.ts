/**
 * Go's regular expressions: the same syntax and linear time through re2js, and what Go's functions make of matches.
 * https://pkg.go.dev/regexp
 */
import { type Matcher, RE2JS, RE2JSException } from 're2js';
import { canBackquote, quote } from '../go-quote.ts';
import { joined } from '../go-string.ts';
import { GoError } from '../value.ts';
import { checkSize } from './bounds.ts';

/** How many compiled expressions are kept: as many as a configuration has, not as many as a template can make up. */
const MAX_CACHED = 200;
const cache = new Map<string, RE2JS>();

/** Throws a GoError with the message of `regexp.Compile`. */
export function compile(expression: string): RE2JS {
  const known = cache.get(expression);
  if (known !== undefined) return known;
  const compiled = compileUncached(expression);
  if (cache.size >= MAX_CACHED) cache.clear();
  cache.set(expression, compiled);
  return compiled;
}

function compileUncached(expression: string): RE2JS {
  if (!expression.isWellFormed()) throw new GoError(`error parsing regexp: invalid UTF-8: \`${expression}\``);
  try {
    return RE2JS.compile(expression);
  } catch (error) {
    if (error instanceof RE2JSException) throw new GoError(error.message);
    throw error;
  }
}

/** The message of `regexp.MustCompile`. */
export function mustCompile(expression: string): RE2JS {
  try {
    return compile(expression);
  } catch (error) {
    if (!(error instanceof GoError)) throw error;
    const shown = canBackquote(expression) ? `\`${expression}\`` : quote(expression);
    throw new GoError(`regexp: Compile(${shown}): ${error.message}`);
  }
}

export const isMatch = (regex: RE2JS, text: string): boolean => regex.matcher(text).find();

/** Where the next character begins, one beyond the end at the end. */
const after = (text: string, at: number): number => at + ((text.codePointAt(at) ?? 0) > 0xffff ? 2 : 1);

/** The first `limit` matches, all when that is below 0. An empty one right behind another does not count. */
export function findAll(regex: RE2JS, text: string, limit: number): [number, number][] {
  const matcher = regex.matcher(text);
  const matches: [number, number][] = [];
  let previousEnd = -1;
  for (let at = 0; at <= text.length && matches.length !== limit && matcher.find(at); ) {
    const [start, end] = [matcher.start(), matcher.end()];
    const isEmptyHere = end === at;
    if (!isEmptyHere || start !== previousEnd) matches.push([start, end]);
    at = isEmptyHere ? after(text, at) : end;
    previousEnd = end;
  }
  return matches;
}

/** The text with each match replaced by what is made of it. */
export function replaceAll(regex: RE2JS, text: string, replacement: (matcher: Matcher) => string): string {
  const matcher = regex.matcher(text);
  let output = '';
  let copied = 0;
  for (let at = 0; at <= text.length && matcher.find(at); ) {
    const [start, end] = [matcher.start(), matcher.end()];
    output += text.slice(copied, start);
    if (end > copied || start === 0) output += replacement(matcher);
    checkSize(output.length);
    copied = end;
    at = Math.max(after(text, at) > end ? after(text, at) : end, at + 1);
  }
  return joined(output + text.slice(copied));
}

const REFERENCE = /\$(?:\$|\{([\p{L}\p{Nd}_]+)\}|([\p{L}\p{Nd}_]+))?/gu;

/** `$1`, `${name}` and `$$` in a replacement, for one match: https://pkg.go.dev/regexp#Regexp.Expand */
export function expand(template: string, matcher: Matcher, names: Readonly<Record<string, number>>): string {
  return template.replace(REFERENCE, (found: string, braced: string | undefined, bare: string | undefined) => {
    if (found === '$$') return '$';
    const name = braced ?? bare;
    // A dollar sign that begins nothing stands for itself.
    if (name === undefined) return found;
    const group = /^[0-9]+$/.test(name) ? Number(name) : (names[name] ?? Number.POSITIVE_INFINITY);
    return group <= matcher.groupCount() ? (matcher.group(group) ?? '') : '';
  });
}

/** What is between the matches: at most `limit` parts, all when that is below 0. */
export function split(regex: RE2JS, text: string, limit: number): string[] | undefined {
  if (limit === 0) return undefined;
  if (regex.pattern() !== '' && text === '') return [''];
  const parts: string[] = [];
  let begin = 0;
  let end = 0;
  for (const [start, next] of findAll(regex, text, limit)) {
    if (limit > 0 && parts.length === limit - 1) break;
    end = start;
    if (next !== 0) parts.push(text.slice(begin, end));
    begin = next;
  }
  if (end !== text.length) parts.push(text.slice(begin));
  return parts;
}
