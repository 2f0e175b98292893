/** What the table can show of an event. */
import type { PageState } from '../state/page-state.ts';

export const COLUMNS = [
  'time',
  'count',
  'activity',
  'reason',
  'object',
  'message',
  'node',
  'first',
  'kind',
  'type',
  'source',
  'cluster',
] as const;

export type Column = (typeof COLUMNS)[number];

const USUAL: readonly Column[] = COLUMNS.slice(0, 7);

/** Those that an address names; the usual ones where it names none that is known. */
export function columnsOf(cols: string): readonly Column[] {
  const names = cols.split(',');
  const chosen = COLUMNS.filter((name) => names.includes(name));
  return chosen.length === 0 ? USUAL : chosen;
}

/** As an address names them. */
export function colsOf(columns: readonly Column[]): string {
  const cols = COLUMNS.filter((name) => columns.includes(name)).join(',');
  return cols === USUAL.join(',') ? '' : cols;
}

/** Over the range a revision has no activity: it is one instant. */
export function shownColumns({ cols, rows }: Pick<PageState, 'cols' | 'rows'>): readonly Column[] {
  return columnsOf(cols).filter((name) => rows === 'series' || name !== 'activity');
}
