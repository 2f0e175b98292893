/**
 * The short form of a filter, for typing by hand:
 * `reason:BackOff,Failed -type:Normal pod:web-* "timed out" refused`. How it is written is in `short-form-terms.ts`.
 *
 * The values of one key are joined by OR, whether in one term or in several; everything else by AND, and what is negated
 * excludes. A key without a value says nothing yet. A text without a key stands in the message as words of it, without
 * regard to case; with a * at its end as the beginning of one, after a * anywhere.
 */
import { AppError } from '../core/errors.ts';
import { nearestName } from '../util/nearest-name.ts';
import { placeOf } from './_place.ts';
import { quoteRegularExpression } from './regular-expression.ts';
import {
  isShortFormKey,
  SHORT_FORM_KEYS,
  type ShortFormKey,
  type Term,
  termsOf,
  type Value,
} from './short-form-terms.ts';

/** How long it may be, in UTF-16 code units: its CEL, some twenty times as long at worst, is within its own limits. */
export const MAX_SHORT_FORM_LENGTH = 500;

/** The condition in CEL, given how one field is compared. */
type Condition = (compare: (field: string) => string) => string;

const CONDITIONS: Readonly<Record<ShortFormKey, Condition>> = {
  reason: (compare) => compare('event.reason'),
  // As far as the object's owners or its name tell.
  workload: (compare) => compare('workload'),
  severity: (compare) => compare('severity'),
  type: (compare) => compare('event.type'),
  // Events about nodes are in default.
  namespace: (compare) => compare('event.metadata.namespace'),
  kind: (compare) => compare('event.involvedObject.kind'),
  name: (compare) => compare('event.involvedObject.name'),
  uid: (compare) => compare('event.involvedObject.uid'),
  pod: (compare) => `event.involvedObject.kind == "Pod" && ${compare('event.involvedObject.name')}`,
  // What it is about, or where it was reported from.
  node: (compare) =>
    `event.involvedObject.kind == "Node" && ${compare('event.involvedObject.name')} || ${compare('event.source.host')}`,
  component: (compare) => compare('(event.source.component == "" ? event.reportingComponent : event.source.component)'),
  action: (compare) => compare('event.action'),
  cluster: (compare) => compare('cluster'),
};

/** The same filter in CEL, for `compileFilter`. Throws `FILTER_INVALID` with the position of what is wrong. */
export function shortFormToFilter(text: string): string {
  if (text.length > MAX_SHORT_FORM_LENGTH) {
    throw invalid(text, 0, `found ${text.length} characters, want at most ${MAX_SHORT_FORM_LENGTH}`);
  }
  const conditions = Array.from(Map.groupBy(checkedTerms(text), groupOf).values(), conditionOf);
  return conditions.length === 0 ? 'true' : conditions.join(' && ');
}

/** The form without the terms of one key. Throws `FILTER_INVALID`. */
export function withoutKey(text: string, key: string): string {
  return checkedTerms(text)
    .filter((term) => term.key !== key)
    .map(({ start, end }) => text.slice(start, end))
    .join(' ');
}

/** Those that say something. Throws `FILTER_INVALID` for the first thing that is wrong. */
function checkedTerms(text: string): readonly Term[] {
  const terms = termsOf(text);
  for (const { key, start, isNegated, valuesAt, problem } of terms) {
    if (key !== undefined && !isShortFormKey(key)) {
      const at = isNegated ? start + 1 : start;
      const written = text.slice(at, valuesAt - 1);
      throw invalid(text, at, `unknown key ${written}${suggestion(written)}; quote what is no key`);
    }
    if (problem) throw invalid(text, problem.offset, problem.words);
  }
  return terms.filter(({ values }) => values.length > 0);
}

/** What is joined by OR. */
function groupOf(term: Term): unknown {
  return term.key === undefined || term.isNegated ? term : term.key;
}

function conditionOf(terms: readonly Term[]): string {
  const values = terms.flatMap((term) => term.values);
  const [{ key, isNegated } = { key: undefined, isNegated: false }] = terms;
  const condition =
    key !== undefined && isShortFormKey(key)
      ? CONDITIONS[key]((field) => comparison(field, values))
      : values.map(inMessage).join(' || ');
  return isNegated ? `!(${condition})` : `(${condition})`;
}

/** What is between its `*`s; of a quoted text, all of it. */
function partsOf({ text, isQuoted }: Value): readonly string[] {
  return isQuoted ? [text] : text.split('*');
}

/** How a field is compared to the values of a key: as a whole, and case counts. */
function comparison(field: string, values: readonly Value[]): string {
  const split = values.map(partsOf);
  const exact = split.filter((parts) => parts.length === 1).map(([text = '']) => quoteForCel(text));
  const [first, ...others] = exact;
  const conditions = split.filter((parts) => parts.length > 1).map((parts) => wildcardComparison(field, parts));
  if (first !== undefined)
    conditions.unshift(others.length === 0 ? `${field} == ${first}` : `${field} in [${exact.join(', ')}]`);
  const [condition = ''] = conditions;
  return conditions.length === 1 ? condition : `(${conditions.join(' || ')})`;
}

function wildcardComparison(field: string, parts: readonly string[]): string {
  const [first = '', ...others] = parts;
  const last = others.pop() ?? '';
  if (others.some((part) => part !== '') || (first !== '' && last !== '')) {
    return `${field}.matches(${quoteForCel(`(?s)^${parts.map(quoteRegularExpression).join('.*')}$`)})`;
  }
  if (first !== '') return `${field}.startsWith(${quoteForCel(first)})`;
  return last === '' ? `${field} != ""` : `${field}.endsWith(${quoteForCel(last)})`;
}

function inMessage(value: Value): string {
  const parts = partsOf(value);
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
  const near = nearestName(key, SHORT_FORM_KEYS);
  return near ? `, did you mean "${near}"?` : `, want one of ${SHORT_FORM_KEYS.join(', ')}`;
}

function invalid(text: string, offset: number, problem: string): AppError {
  return new AppError('FILTER_INVALID', `search:${placeOf(text, offset)}: ${problem}`);
}
