/** What is shown, as commands. Names come from the cluster: each is quoted for a shell. */
import type { EventRow } from '../api/questions.ts';
import { isCel } from '../query/rewrite.ts';
import type { PageState } from '../state/page-state.ts';

/** POSIX: between single quotes nothing means anything. What moves a terminal's cursor is left out. */
export function quoted(word: string): string {
  if (/^[\w@%+=:,./-]+$/.test(word)) return word;
  // oxlint-disable-next-line no-control-regex
  return `'${word.replaceAll(/[\u0000-\u001f\u007f-\u009f]/g, '').replaceAll("'", String.raw`'\''`)}'`;
}

/** The event with kubectl, wherever that still has it. https://kubernetes.io/docs/concepts/overview/working-with-objects/field-selectors/ */
export function kubectlCommand({
  namespace,
  object,
  reason,
}: Pick<EventRow, 'namespace' | 'object' | 'reason'>): string {
  // Field selectors end a value at a comma or an equals sign, unless a backslash stands before it.
  const escaped = (value: string) => value.replaceAll(/[\\,=]/g, '\\$&');
  const selector = `involvedObject.name=${escaped(object.name)},reason=${escaped(reason)}`;
  return `kubectl get events -n ${quoted(namespace)} --field-selector ${quoted(selector)}`;
}

/** The same question of the command line. */
export function tidingsCommand({ from, to, q, ns }: Pick<PageState, 'from' | 'to' | 'q' | 'ns'>, url: string): string {
  const time = (text: string) => text.replace(/^now-/, '');
  const filter = q.trim();
  return [
    `tidings get events ${ns === '' ? '-A' : `-n ${quoted(ns)}`}`,
    `--url ${quoted(url.replace(/\/$/, ''))}`,
    `--since ${quoted(time(from))}`,
    ...(to === 'now' ? [] : [`--until ${quoted(time(to))}`]),
    ...(filter === ''
      ? []
      : [isCel(filter) ? `--filter ${quoted(filter.slice(1).trim())}` : `--search ${quoted(filter)}`]),
  ].join(' ');
}
