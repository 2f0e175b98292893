/** What a click does to the text in the search box. */
import { type Term, termsOf, written } from './terms.ts';

export type Stance = 'included' | 'excluded';

/** Filters in CEL are written by hand alone. */
export function isCel(query: string): boolean {
  return query.startsWith('=');
}

export function stanceOf(query: string, key: string, value: string): Stance | undefined {
  const term = termsOf(query).find((each) => each.key === key && each.values.includes(value));
  return term && (term.isNegated ? 'excluded' : 'included');
}

/** With the value taken so, among others of its key; without it when it was already. */
export function toggled(query: string, { key, value }: Choice, stance: Stance): string {
  const before = stanceOf(query, key, value);
  const rest = without(query, key, value);
  if (before === stance) return rest;
  const isNegated = stance === 'excluded';
  const like = termsOf(rest).find((term) => term.key === key && term.isNegated === isNegated);
  if (like) return `${rest.slice(0, like.end)},${written(value)}${rest.slice(like.end)}`;
  return joined(rest, `${isNegated ? '-' : ''}${key}:${written(value)}`);
}

/** With this value of the key and no other. */
export function only(query: string, { key, value }: Choice): string {
  const kept = termsOf(query).filter((term) => term.key !== key);
  return joined(kept.map((term) => query.slice(term.start, term.end)).join(' '), `${key}:${written(value)}`);
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
  if (!term.values.includes(value)) return textOf(query, term);
  const kept = term.values.filter((each) => each !== value);
  return kept.length === 0 ? '' : query.slice(term.start, term.valuesAt) + kept.map(keptText).join(',');
}

/** A star was a wildcard unless it was quoted, and quoted it is again a text. */
function keptText(value: string): string {
  return /^[^\s",\\]+$/.test(value) ? value : written(value);
}

function textOf(query: string, { start, end }: Term): string {
  return query.slice(start, end);
}

function joined(...parts: readonly string[]): string {
  return parts.filter((part) => part !== '').join(' ');
}
