/** What is shown, as commands. Names come from the cluster: each is quoted for a shell. */
import { isCel } from '../query/rewrite.ts';
import type { PageState } from '../state/page-state.ts';

// What moves a terminal's cursor, and what turns the order of its characters round.
// oxlint-disable-next-line no-control-regex -- those are what is looked for
const MEANT_FOR_TERMINALS = /[\u0000-\u001f\u007f-\u009f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/g;

/** POSIX: between single quotes nothing means anything. What a terminal acts on is left out. */
export function quoted(word: string): string {
  if (/^[\w@%+=:,./-]+$/.test(word)) return word;
  return `'${word.replaceAll(MEANT_FOR_TERMINALS, '').replaceAll("'", String.raw`'\''`)}'`;
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
