/** What is shown, as commands. Names come from the cluster: each is quoted for a shell. */
import { HIDDEN_CHARACTERS, JOINERS } from '../../../src/util/hidden-characters.ts';
import { isCel } from '../query/rewrite.ts';
import type { PageState } from '../state/page-state.ts';

/** POSIX: between single quotes nothing means anything. What cannot be seen, what a terminal acts on among it, is left out. */
export function quoted(word: string): string {
  if (/^[\w@%+=:,./-]+$/.test(word)) return word;
  const seen = word.replaceAll(HIDDEN_CHARACTERS, (character) => (JOINERS.has(character) ? character : ''));
  return `'${seen.replaceAll("'", String.raw`'\''`)}'`;
}

/** The same question of the command line, of a range that is fixed. `rows`: each event at its latest revision, or every one. */
export function tidingsCommand(
  { from, to, q, ns, rows }: Pick<PageState, 'from' | 'to' | 'q' | 'ns' | 'rows'>,
  url: string,
): string {
  const filter = q.trim();
  return [
    `tidings get events ${ns === '' ? '-A' : `-n ${quoted(ns)}`}`,
    `--url ${quoted(url.replace(/\/$/, ''))}`,
    `--since ${quoted(from)}`,
    `--until ${quoted(to)}`,
    ...(filter === ''
      ? []
      : [isCel(filter) ? `--filter ${quoted(filter.slice(1).trim())}` : `--search ${quoted(filter)}`]),
    ...(rows === 'raw' ? ['--revisions'] : []),
  ].join(' ');
}
