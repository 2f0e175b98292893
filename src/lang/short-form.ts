/**
 * The short form of a filter, for typing by hand:
 * `reason:BackOff,Failed -type:Normal pod:web-* "timed out" refused`.
 *
 *     form  = { term }
 *     term  = [ "-" ] ( key ":" [ value { "," value } ] | value )
 *     value = quoted | word       quoted: as it stands, \" and \\ for " and \; word: up to a space, * for any characters
 *
 * The values of one key are joined by OR, whether in one term or in several; everything else by AND, and what is negated
 * excludes. A key without a value says nothing yet. A text without a key stands in the message as words of it, without
 * regard to case; with a * at its end as the beginning of one, after a * anywhere.
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
  workload: {
    description: 'the name of the workload that the object belongs to, as far as its owners or its name tell',
    condition: (compare) => compare('workload'),
  },
  severity: { description: 'critical, warning, change or normal', condition: (compare) => compare('severity') },
  cluster: { description: 'the cluster it was seen in', condition: (compare) => compare('cluster') },
};

/** Other words for keys. */
const ALIASES: Readonly<Record<string, string>> = { ns: 'namespace', source: 'component' };

/** The same filter in CEL, for `compileFilter`. Throws `FILTER_INVALID` with the position of what is wrong. */
export function shortFormToFilter(text: string): string {
  if (text.length > MAX_SHORT_FORM_LENGTH) {
    throw invalid(text, 0, `found ${text.length} characters, want at most ${MAX_SHORT_FORM_LENGTH}`);
  }
  const conditions = Array.from(Map.groupBy(termsOf(text), groupOf).values(), conditionOf);
  return conditions.length === 0 ? 'true' : conditions.join(' && ');
}

/** The form without the terms of one key. Throws `FILTER_INVALID`. */
export function withoutKey(text: string, key: string): string {
  return termsOf(text)
    .filter((term) => term.key !== key)
    .map(({ start, end }) => text.slice(start, end))
    .join(' ');
}

interface Term {
  /** Not one of the aliases. */
  readonly key: string | undefined;
  readonly values: readonly Value[];
  readonly isNegated: boolean;
  readonly start: number;
  readonly end: number;
}

function termsOf(text: string): Term[] {
  const terms: Term[] = [];
  for (let start = skipSpaces(text, 0); start < text.length; ) {
    const term = readTerm(text, start);
    terms.push(term);
    start = skipSpaces(text, term.end);
  }
  return terms.filter(({ values }) => values.length > 0);
}

function readTerm(text: string, start: number): Term {
  const isNegated = text[start] === '-';
  const body = isNegated ? start + 1 : start;
  const written = match(/[A-Za-z]+(?=:)/y, text, body);
  if (written === undefined) {
    const value = readValue(text, body, /[^\s"]+/y);
    return { key: undefined, values: [value], isNegated, start, end: endOfValue(text, value.end) };
  }
  const key = (Object.hasOwn(ALIASES, written) && ALIASES[written]) || written;
  if (!Object.hasOwn(SHORT_FORM_KEYS, key)) {
    throw invalid(text, body, `unknown key ${written}${suggestion(written)}; quote what is no key`);
  }
  const values: Value[] = [];
  let end = body + written.length + 1;
  for (;;) {
    if (text[end] === ',') end++;
    else if (end === text.length || skipSpaces(text, end) > end) break;
    else {
      const value = readValue(text, end, /[^\s",]+/y);
      values.push(value);
      end = text[value.end] === ',' ? value.end : endOfValue(text, value.end);
    }
  }
  return { key, values, isNegated, start, end };
}

/** What is joined by OR. */
function groupOf(term: Term): unknown {
  return term.key === undefined || term.isNegated ? term : term.key;
}

function conditionOf(terms: readonly Term[]): string {
  const values = terms.flatMap((term) => term.values);
  const [{ key, isNegated } = { key: undefined, isNegated: false }] = terms;
  const known = key === undefined ? undefined : SHORT_FORM_KEYS[key];
  const condition = known ? known.condition((field) => comparison(field, values)) : values.map(inMessage).join(' || ');
  return isNegated ? `!(${condition})` : `(${condition})`;
}

interface Value {
  /** Between the `*`s; of a quoted text, all of it. */
  readonly parts: readonly string[];
  readonly end: number;
}

function readValue(text: string, start: number, wordPattern: RegExp): Value {
  const wanted = 'want a word, a quoted text or a key';
  if (text[start] !== '"') {
    const word = match(wordPattern, text, start);
    if (word === undefined)
      throw invalid(text, start, `found ${start < text.length ? 'a space' : 'the end'}, ${wanted}`);
    return { parts: word.split('*'), end: start + word.length };
  }
  const quoted = match(/"(?:[^"\\]|\\["\\])*"/y, text, start);
  if (quoted === undefined) throw invalidQuote(text, start);
  const content = quoted.slice(1, -1).replaceAll(/\\(["\\])/g, '$1');
  if (content === '') throw invalid(text, start, `found "", ${wanted}`);
  return { parts: [content], end: start + quoted.length };
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

/** How a field is compared to the values of a key: as a whole, and case counts. */
function comparison(field: string, values: readonly Value[]): string {
  const exact = values.filter(({ parts }) => parts.length === 1).map(({ parts: [text = ''] }) => quoteForCel(text));
  const [first, ...others] = exact;
  const conditions = values.filter(({ parts }) => parts.length > 1).map((value) => wildcardComparison(field, value));
  if (first !== undefined)
    conditions.unshift(others.length === 0 ? `${field} == ${first}` : `${field} in [${exact.join(', ')}]`);
  const [condition = ''] = conditions;
  return conditions.length === 1 ? condition : `(${conditions.join(' || ')})`;
}

function wildcardComparison(field: string, { parts }: Value): string {
  const [first = '', ...others] = parts;
  const last = others.pop() ?? '';
  if (others.some((part) => part !== '') || (first !== '' && last !== '')) {
    return `${field}.matches(${quoteForCel(`(?s)^${parts.map(quoteRegularExpression).join('.*')}$`)})`;
  }
  if (first !== '') return `${field}.startsWith(${quoteForCel(first)})`;
  return last === '' ? `${field} != ""` : `${field}.endsWith(${quoteForCel(last)})`;
}

function inMessage({ parts }: Value): string {
  const [first = '', ...others] = parts;
  const method = others.length === 0 ? 'hasWords' : 'hasWordStart';
  const conditions = first === '' ? [] : [`event.message.${method}(${quoteForCel(first)})`];
  if (others.some((part) => part !== '')) {
    const pattern = `(?is)${parts.map(quoteRegularExpression).join('.*')}`;
    conditions.push(`event.message.matches(${quoteForCel(pattern)})`);
  }
  return conditions.length === 0 ? 'event.message != ""' : conditions.join(' && ');
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
