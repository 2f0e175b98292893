/** What a click does to the text in the search box. */
import { isWildcard, type Term, termsOf, type Value, writtenValue } from '../../../src/lang/short-form-terms.ts';

export type Stance = 'included' | 'excluded';

/** Filters in CEL are writtenValue by hand alone. */
export function isCel(query: string): boolean {
  return query.startsWith('=');
}

export function stanceOf(query: string, key: string, value: string): Stance | undefined {
  const term = termsOf(query).find((each) => each.key === key && each.values.some((written) => isText(written, value)));
  return term && (term.isNegated ? 'excluded' : 'included');
}

/** With the value taken so, among others of its key; without it when it was already. */
export function toggled(query: string, { key, value }: Choice, stance: Stance): string {
  const before = stanceOf(query, key, value);
  const rest = without(query, key, value);
  if (before === stance) return rest;
  const isNegated = stance === 'excluded';
  const like = termsOf(rest).find((term) => term.key === key && term.isNegated === isNegated);
  if (like) return `${rest.slice(0, like.end)},${writtenValue(value)}${rest.slice(like.end)}`;
  return joined(rest, `${isNegated ? '-' : ''}${key}:${writtenValue(value)}`);
}

/** With this value of the key and no other. */
export function only(query: string, { key, value }: Choice): string {
  const kept = termsOf(query).filter((term) => term.key !== key);
  return joined(kept.map((term) => query.slice(term.start, term.end)).join(' '), `${key}:${writtenValue(value)}`);
}

export interface Choice {
  readonly key: string;
  readonly value: string;
}

function without(query: string, key: string, value: string): string {
  const terms = termsOf(query).map((term) =>
    term.key === key ? withoutValue(query, term, value) : textOf(query, term),
  );
  return terms.filter((text) => text !== '').join(' ');
}

function withoutValue(query: string, term: Term, value: string): string {
  const kept = term.values.filter((each) => !isText(each, value));
  if (kept.length === term.values.length) return textOf(query, term);
  return kept.length === 0 ? '' : query.slice(term.start, term.valuesAt) + kept.map(keptText).join(',');
}

function isText(written: Value, text: string): boolean {
  return written.text === text && !isWildcard(written);
}

function keptText({ text, isQuoted }: Value): string {
  return isQuoted ? writtenValue(text) : text;
}

function textOf(query: string, { start, end }: Term): string {
  return query.slice(start, end);
}

function joined(...parts: readonly string[]): string {
  return parts.filter((part) => part !== '').join(' ');
}
