/**
 * The short form of a filter, for typing by hand:
 * `reason:BackOff -type:Normal pod:web-* "timed out" refused`.
 *
 *     form  = { term }            all of them hold; none selects everything
 *     term  = [ "-" ] ( key ":" value | value )
 *     value = quoted | word       quoted: as it stands, \" and \\ for " and \; word: up to a space, * for any characters
 *
 * A quoted text without a key is in the message as it stands, a word is in it without regard to case.
 */
import { AppError } from '../core/errors.ts';
import { nearestName } from '../util/nearest-name.ts';
import { placeOf } from './_place.ts';
import { quoteRegularExpression } from './regular-expression.ts';

/** How long it may be, in UTF-16 code units: its CEL, some twenty times as long at worst, is within its own limits. */
export const MAX_SHORT_FORM_LENGTH = 500;

interface Key {
  readonly description: string;
  /** The condition in CEL, given how one field is compared. */
  readonly condition: (compare: (field: string) => string) => string;
}

/** What may stand before the colon. */
export const SHORT_FORM_KEYS: Readonly<Record<string, Key>> = {
  reason: { description: 'why it was emitted', condition: (compare) => compare('event.reason') },
  type: { description: 'Normal or Warning', condition: (compare) => compare('event.type') },
  action: { description: 'what was done about the object', condition: (compare) => compare('event.action') },
  kind: {
    description: 'the kind of the object it is about',
    condition: (compare) => compare('event.involvedObject.kind'),
  },
  name: {
    description: 'the name of the object it is about',
    condition: (compare) => compare('event.involvedObject.name'),
  },
  uid: {
    description: 'the UID of the object it is about',
    condition: (compare) => compare('event.involvedObject.uid'),
  },
  namespace: {
    description: 'the namespace it is in; events about nodes are in default',
    condition: (compare) => compare('event.metadata.namespace'),
  },
  pod: {
    description: 'the name of the Pod it is about',
    condition: (compare) => `event.involvedObject.kind == "Pod" && ${compare('event.involvedObject.name')}`,
  },
  node: {
    description: 'the name of the Node it is about or was reported from',
    condition: (compare) =>
      `event.involvedObject.kind == "Node" && ${compare('event.involvedObject.name')} || ${compare('event.source.host')}`,
  },
  component: {
    description: 'the component that reported it',
    condition: (compare) =>
      compare('(event.source.component == "" ? event.reportingComponent : event.source.component)'),
  },
  cluster: { description: 'the cluster it was seen in', condition: (compare) => compare('cluster') },
};

/** The same filter in CEL, for `compileFilter`. Throws `FILTER_INVALID` with the position of what is wrong. */
export function shortFormToFilter(text: string): string {
  if (text.length > MAX_SHORT_FORM_LENGTH) {
    throw invalid(text, 0, `found ${text.length} characters, want at most ${MAX_SHORT_FORM_LENGTH}`);
  }
  const conditions: string[] = [];
  let rest = skipSpaces(text, 0);
  while (rest < text.length) {
    const term = readTerm(text, rest);
    conditions.push(term.isNegated ? `!(${term.condition})` : `(${term.condition})`);
    rest = skipSpaces(text, term.end);
  }
  return conditions.length === 0 ? 'true' : conditions.join(' && ');
}

/** The form without the terms of one key. Throws `FILTER_INVALID`. */
export function withoutKey(text: string, key: string): string {
  const kept: string[] = [];
  for (let start = skipSpaces(text, 0); start < text.length; ) {
    const term = readTerm(text, start);
    if (term.key !== key) kept.push(text.slice(start, term.end));
    start = skipSpaces(text, term.end);
  }
  return kept.join(' ');
}

interface Term {
  readonly key: string | undefined;
  readonly condition: string;
  readonly isNegated: boolean;
  readonly end: number;
}

function readTerm(text: string, start: number): Term {
  const isNegated = text[start] === '-';
  const body = isNegated ? start + 1 : start;
  const key = match(/[A-Za-z]+(?=:)/y, text, body);
  if (key === undefined) {
    const value = readValue(text, body, 'want a word, a quoted text or a key after -');
    return { key, condition: inMessage(value), isNegated, end: value.end };
  }
  const known = Object.hasOwn(SHORT_FORM_KEYS, key) ? SHORT_FORM_KEYS[key] : undefined;
  if (!known) throw invalid(text, body, `unknown key ${key}${suggestion(key)}; quote what is no key`);
  const value = readValue(text, body + key.length + 1, `want a value after ${key}:`);
  return { key, condition: known.condition((field) => comparison(field, value)), isNegated, end: value.end };
}

interface Value {
  /** Between the `*`s; of a quoted text, all of it. */
  readonly parts: readonly string[];
  readonly isQuoted: boolean;
  readonly end: number;
}

function readValue(text: string, start: number, wanted: string): Value {
  if (text[start] !== '"') {
    const word = match(/[^\s"]+/y, text, start);
    if (word === undefined)
      throw invalid(text, start, `found ${start < text.length ? 'a space' : 'the end'}, ${wanted}`);
    return { parts: word.split('*'), isQuoted: false, end: endOfValue(text, start + word.length) };
  }
  const quoted = match(/"(?:[^"\\]|\\["\\])*"/y, text, start);
  if (quoted === undefined) throw invalidQuote(text, start);
  const content = quoted.slice(1, -1).replaceAll(/\\(["\\])/g, '$1');
  if (content === '') throw invalid(text, start, `found "", ${wanted}`);
  return { parts: [content], isQuoted: true, end: endOfValue(text, start + quoted.length) };
}

function endOfValue(text: string, end: number): number {
  if (end < text.length && skipSpaces(text, end) === end) {
    throw invalid(text, end, `found ${text[end]} in a value, want a space before it`);
  }
  return end;
}

function invalidQuote(text: string, start: number): AppError {
  const escape = start + (match(/"(?:[^"\\]|\\["\\])*/y, text, start)?.length ?? 0);
  return escape + 1 < text.length
    ? invalid(text, escape, `found ${text.slice(escape, escape + 2)}, want \\" or \\\\`)
    : invalid(text, start, 'found " without its end, want a second "');
}

/** How a field is compared to the value of a key: as a whole, and case counts. */
function comparison(field: string, { parts }: Value): string {
  const [first = '', ...others] = parts;
  const last = others.pop();
  if (last === undefined) return `${field} == ${quoteForCel(first)}`;
  if (others.some((part) => part !== '') || (first !== '' && last !== '')) {
    return `${field}.matches(${quoteForCel(`(?s)^${parts.map(quoteRegularExpression).join('.*')}$`)})`;
  }
  if (first !== '') return `${field}.startsWith(${quoteForCel(first)})`;
  return last === '' ? `${field} != ""` : `${field}.endsWith(${quoteForCel(last)})`;
}

function inMessage({ parts, isQuoted }: Value): string {
  if (isQuoted) return `event.message.contains(${quoteForCel(parts.join(''))})`;
  return `event.message.matches(${quoteForCel(`(?is)${parts.map(quoteRegularExpression).join('.*')}`)})`;
}

/** A literal of CEL, whose escapes include those of JSON; it has none for half a surrogate pair. */
function quoteForCel(text: string): string {
  return JSON.stringify(text.toWellFormed());
}

function suggestion(key: string): string {
  const near = nearestName(key, Object.keys(SHORT_FORM_KEYS));
  return near ? `, did you mean "${near}"?` : `, want one of ${Object.keys(SHORT_FORM_KEYS).join(', ')}`;
}

function skipSpaces(text: string, start: number): number {
  return start + (match(/\s+/y, text, start)?.length ?? 0);
}

function match(pattern: RegExp, text: string, start: number): string | undefined {
  pattern.lastIndex = start;
  return pattern.exec(text)?.[0];
}

function invalid(text: string, offset: number, problem: string): AppError {
  return new AppError('FILTER_INVALID', `search:${placeOf(text, offset)}: ${problem}`);
}
