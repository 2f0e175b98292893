/**
 * The short form of a filter, cut into terms: by what refuses whatever is wrong in it, and by the page, which shows and
 * rewrites a text while it is typed.
 *
 *     form  = { term }
 *     term  = [ "-" ] ( key ":" [ value { "," value } ] | value )
 *     value = quoted | word       quoted: as it stands, \" and \\ for " and \; word: up to a space, * for any characters
 */

/** What may stand before the colon. */
export const SHORT_FORM_KEYS = [
  'reason',
  'severity',
  'type',
  'namespace',
  'workload',
  'kind',
  'name',
  'pod',
  'node',
  'component',
  'cluster',
  'action',
  'uid',
] as const;

export type ShortFormKey = (typeof SHORT_FORM_KEYS)[number];

/** Other words for keys. */
const ALIASES: ReadonlyMap<string, ShortFormKey> = new Map([
  ['ns', 'namespace'],
  ['source', 'component'],
]);

export interface Term {
  readonly start: number;
  readonly end: number;
  readonly isNegated: boolean;
  /** In full, also where it is written short, whether anybody knows it or not; undefined for a text. */
  readonly key: string | undefined;
  /** Where its values begin. */
  readonly valuesAt: number;
  readonly values: readonly Value[];
  /** The first thing that is wrong in it, but for its key: the rest is a guess. */
  readonly problem?: Problem;
}

export interface Value {
  readonly text: string;
  /** Then a `*` in it stands for itself. */
  readonly isQuoted: boolean;
}

export interface Problem {
  /** In the whole text. */
  readonly offset: number;
  readonly words: string;
}

export function isShortFormKey(key: string): key is ShortFormKey {
  return (SHORT_FORM_KEYS as readonly string[]).includes(key);
}

export function isWildcard({ text, isQuoted }: Value): boolean {
  return !isQuoted && text.includes('*');
}

/** Every text has terms. */
export function termsOf(text: string): readonly Term[] {
  const terms: Term[] = [];
  for (let start = skipSpaces(text, 0); start < text.length; ) {
    const term = readTerm(text, start);
    terms.push(term);
    start = skipSpaces(text, term.end);
  }
  return terms;
}

/** A value as it has to be written to be taken for what it is. */
export function writtenValue(value: string): string {
  return /^[^\s",*\\]+$/.test(value) ? value : `"${value.replaceAll(/["\\]/g, '\\$&')}"`;
}

function readTerm(text: string, start: number): Term {
  const isNegated = text[start] === '-';
  const body = isNegated ? start + 1 : start;
  const name = match(/[A-Za-z]+(?=:)/y, text, body);
  const valuesAt = name === undefined ? body : body + name.length + 1;
  const { values, end, problem } = readValues(text, valuesAt, name === undefined);
  const key = name === undefined ? undefined : (ALIASES.get(name) ?? name);
  return { start, end, isNegated, key, valuesAt, values, ...(problem && { problem }) };
}

/** Of a text without a key there is one, and commas are in it. */
function readValues(
  text: string,
  start: number,
  isText: boolean,
): { readonly values: readonly Value[]; readonly end: number; readonly problem: Problem | undefined } {
  const values: ReadValue[] = [];
  const problems: (Problem | undefined)[] = [];
  let end = start;
  while (end < text.length && skipSpaces(text, end) === end) {
    if (!isText && text[end] === ',') end++;
    else {
      if (values.at(-1)?.end === end)
        problems.push({ offset: end, words: `found ${text[end]} in a value, want a space before it` });
      const value = readValue(text, end, isText ? /[^\s"]+/y : /[^\s",]+/y);
      problems.push(value.problem);
      values.push(value);
      end = value.end;
    }
  }
  if (isText && values.length === 0)
    problems.push({ offset: start, words: `found ${start < text.length ? 'a space' : 'the end'}, ${WANTED}` });
  return { values, end, problem: problems.find((each) => each !== undefined) };
}

const WANTED = 'want a word, a quoted text or a key';

interface ReadValue extends Value {
  readonly end: number;
  readonly problem?: Problem | undefined;
}

function readValue(text: string, start: number, wordPattern: RegExp): ReadValue {
  const word = match(wordPattern, text, start);
  if (word !== undefined) return { text: word, isQuoted: false, end: start + word.length };
  const pattern = /"((?:[^"\\]|\\[^]?)*)"?/y;
  pattern.lastIndex = start;
  const [whole = '', content = ''] = pattern.exec(text) ?? [];
  return {
    text: content.replaceAll(/\\([^])/g, '$1'),
    isQuoted: true,
    end: start + whole.length,
    problem: quoteProblem(text, start),
  };
}

function quoteProblem(text: string, start: number): Problem | undefined {
  const end = start + (match(/"(?:[^"\\]|\\["\\])*/y, text, start)?.length ?? 0);
  if (text[end] === '"') return end === start + 1 ? { offset: start, words: `found "", ${WANTED}` } : undefined;
  return end + 1 < text.length
    ? { offset: end, words: `found ${text.slice(end, end + 2)}, want \\" or \\\\` }
    : { offset: start, words: 'found " without its end, want a second "' };
}

function skipSpaces(text: string, start: number): number {
  return start + (match(/\s+/y, text, start)?.length ?? 0);
}

function match(pattern: RegExp, text: string, start: number): string | undefined {
  pattern.lastIndex = start;
  return pattern.exec(text)?.[0];
}
