/** What can be put where somebody is typing. */
import { SHORT_FORM_KEYS, termsOf, writtenValue } from '../../../src/lang/short-form-terms.ts';

/** What is being typed: the name of a field, or a value of one. */
export interface Typing {
  readonly key: string | undefined;
  readonly prefix: string;
  /** What a choice takes the place of. */
  readonly start: number;
  readonly end: number;
}

export function typingAt(query: string, caret: number): Typing {
  const term = termsOf(query).find(({ start, end }) => start < caret && caret <= end);
  if (!term) return { key: undefined, prefix: '', start: caret, end: caret };
  const { start, end, isNegated, key, valuesAt } = term;
  const begin = start + (isNegated ? 1 : 0);
  if (key === undefined || caret < valuesAt)
    return { key: undefined, prefix: query.slice(begin, caret), start: begin, end };
  const comma = query.lastIndexOf(',', caret - 1);
  const from = Math.max(valuesAt, comma + 1);
  const next = query.indexOf(',', caret);
  return {
    key,
    prefix: query.slice(from, caret).replace(/^"/, ''),
    start: from,
    end: next < 0 || next > end ? end : next,
  };
}

export function keysLike(prefix: string): readonly string[] {
  const typed = prefix.toLowerCase();
  return SHORT_FORM_KEYS.filter((key) => key.startsWith(typed));
}

export interface Completed {
  readonly query: string;
  readonly caret: number;
}

/** A field is open for its value; after a value something else may come. */
export function completed(query: string, { key, start, end }: Typing, choice: string): Completed {
  const put = key === undefined ? `${choice}:` : writtenValue(choice);
  const rest = query.slice(end);
  const before = query.slice(0, start) + put + (key === undefined || /^[\s,]/.test(rest) ? '' : ' ');
  return { query: before + rest, caret: before.length };
}
