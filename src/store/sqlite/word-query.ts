/** What to ask the index of words: https://www.sqlite.org/fts5.html#full_text_query_syntax */
import type { RequiredWords } from '../../lang/required-words.ts';
import type { SelectedGroups, SelectedValues } from './group-reader.ts';
import { type GroupField, groupToken, without } from './word-tables.ts';

/** Values of a field that are looked for one by one. */
const MAX_VALUES = 64;

/** What it finds is everything that matches, and more. Undefined where it would be nearly everything there is. */
export function wordQuery(
  words: RequiredWords | undefined,
  { fields }: Pick<SelectedGroups, 'fields'>,
): string | undefined {
  const byField = new Map(Array.from(fields ?? [], ([field, values]) => [field, clauseOf(field, values)]));
  // A reason has one type and one kind, but for a few: to look for them as well only takes time.
  const isByReason = byField.get('reason')?.wanted !== undefined;
  const clauses = Array.from(byField).flatMap(([field, clause]) =>
    isByReason && (field === 'type' || field === 'kind') ? [] : [clause],
  );
  const wanted = [...(words ? [printed(words)] : []), ...clauses.flatMap((clause) => clause.wanted ?? [])];
  const unwanted = clauses.flatMap((clause) => clause.unwanted ?? []);
  if (wanted.length === 0) return undefined;
  const all = wanted.length === 1 ? wanted.join('') : `(${wanted.join(' AND ')})`;
  return unwanted.length === 0 ? all : `${all} NOT (${unwanted.join(' OR ')})`;
}

/** Whichever of the two is the shorter one. */
function clauseOf(field: GroupField, values: SelectedValues): { readonly wanted?: string; readonly unwanted?: string } {
  const selected = tokensOf(field, values.selected);
  // Values of both kinds may have the same token.
  const excluded = without(tokensOf(field, values.excluded), selected);
  if (excluded.size === 0) return {};
  if (selected.size <= Math.min(MAX_VALUES, excluded.size)) return { wanted: anyOf(selected) };
  return excluded.size <= MAX_VALUES ? { unwanted: anyOf(excluded) } : {};
}

function tokensOf(field: GroupField, values: ReadonlySet<string>): Set<string> {
  return new Set(Array.from(values, (value) => groupToken(field, value).toLowerCase()));
}

function printed(words: RequiredWords): string {
  if ('word' in words) return quoted(words.word) + (words.isPrefix ? '*' : '');
  if ('all' in words) return `(${words.all.map(printed).join(' AND ')})`;
  return `(${words.any.map(printed).join(' OR ')})`;
}

function anyOf(tokens: ReadonlySet<string>): string {
  return `(${Array.from(tokens, quoted).join(' OR ')})`;
}

/** The tokenizer of the index leaves words and tokens as they are. */
function quoted(token: string): string {
  return `"${token}"`;
}
