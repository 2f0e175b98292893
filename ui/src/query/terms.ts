/** The short form of a filter as it is written in the search box: `reason:BackOff,Failed -type:Normal "timed out"`. */

/** What stands before a colon. The API tells the rest, and whether a term is right. */
export const KEYS = [
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

const ALIASES: Readonly<Record<string, string>> = { ns: 'namespace', source: 'component' };

export interface Term {
  readonly start: number;
  readonly end: number;
  readonly isNegated: boolean;
  /** In full, also where it is written short; undefined for a text. */
  readonly key: string | undefined;
  /** Where its values begin. */
  readonly valuesAt: number;
  readonly values: readonly string[];
}

const TERM = /(-?)(?:([A-Za-z]+):)?((?:"(?:[^"\\]|\\.)*"?|[^\s"])*)/y;
const VALUE = /"((?:[^"\\]|\\.)*)"?|([^,"]+)/g;

/** Whatever is written is cut into terms: what is not right is for the API to say. */
export function termsOf(text: string): readonly Term[] {
  const terms: Term[] = [];
  for (let start = skipSpaces(text, 0); start < text.length; ) {
    TERM.lastIndex = start;
    const [whole = '', minus = '', written, values = ''] = TERM.exec(text) ?? [];
    const end = start + Math.max(1, whole.length);
    const key = written === undefined ? undefined : (ALIASES[written] ?? written);
    terms.push({
      start,
      end,
      isNegated: minus !== '',
      key,
      valuesAt: end - values.length,
      values: Array.from(values.matchAll(VALUE), ([, quoted, word]) => word ?? unescaped(quoted ?? '')),
    });
    start = skipSpaces(text, end);
  }
  return terms;
}

/** A value as it has to be written to be taken for what it is. */
export function written(value: string): string {
  return /^[^\s",*\\]+$/.test(value) ? value : `"${value.replaceAll(/["\\]/g, '\\$&')}"`;
}

function unescaped(text: string): string {
  return text.replaceAll(/\\(.)/g, '$1');
}

function skipSpaces(text: string, start: number): number {
  let at = start;
  while (at < text.length && /\s/.test(text.charAt(at))) at++;
  return at;
}
