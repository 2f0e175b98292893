/**
 * What of the page is in its address: everything that another reader of the link has to see the same. Theme and language
 * are not, they are the reader's own.
 */

import { DIMENSIONS, type Dimension } from '../../../src/core/dimensions.ts';

export interface PageState {
  /** As the API takes them: RFC 3339, or `now-24h`. */
  readonly from: string;
  readonly to: string;
  /** A filter in the short form, or in CEL behind `=`. */
  readonly q: string;
  /** Only of these namespaces, with commas between them: for who may read no others. */
  readonly ns: string;
  /** An IANA name, so that a link means the same to everybody. */
  readonly tz: string;
  /** The pinned event: the `id` of its row. */
  readonly sel: string;
  readonly by: Dimension;
  readonly rows: 'series' | 'raw';
  /** Of series. */
  readonly order: 'last' | 'count' | 'first';
  /** Of the table: names with commas between them, in place of the usual columns. */
  readonly cols: string;
  /** Of the timeline: what a lane is. */
  readonly group: 'workload' | 'node' | 'namespace';
  /** Of the timeline: what is in view, as two instants in milliseconds, `FROM-TO`. */
  readonly win: string;
  /** Of the timeline: the lanes that are open. */
  readonly open: string;
  readonly fit: '' | '1';
  /** Of coverage: of which cluster and scope, `prod/*`. */
  readonly scope: string;
  /** Of sinks: the one that is open. */
  readonly sink: string;
}

export const DEFAULT_STATE: PageState = {
  from: 'now-24h',
  to: 'now',
  q: '',
  ns: '',
  tz: 'UTC',
  sel: '',
  by: 'severity',
  rows: 'series',
  order: 'last',
  cols: '',
  group: 'workload',
  win: '',
  open: '',
  fit: '',
  scope: '',
  sink: '',
};

const CHOICES: Partial<Record<keyof PageState, readonly string[]>> = {
  by: DIMENSIONS,
  rows: ['series', 'raw'],
  order: ['last', 'count', 'first'],
  group: ['workload', 'node', 'namespace'],
  fit: ['', '1'],
};

/**
 * What an address says beyond the defaults; what is not known in it is left out. A range that was asked for stays: without
 * one the page opens with what suits the store.
 */
export function stateOfAddress(search: Readonly<Record<string, unknown>>): Partial<PageState> {
  const known = Object.entries(DEFAULT_STATE).flatMap(([name, usual]) => {
    const value = search[name];
    if (typeof value !== 'string' || (value === usual && name !== 'from')) return [];
    const choices = CHOICES[name as keyof PageState];
    return !choices || choices.includes(value) ? [[name, value]] : [];
  });
  return Object.fromEntries(known) as Partial<PageState>;
}

/** A look at something is no step to go back to; a question is. */
const LOOKS: ReadonlySet<string> = new Set<keyof PageState>(['sel', 'cols', 'win', 'open', 'fit', 'scope', 'sink']);

/** Whether a change takes the place of the entry in the browser's history. */
export function replacesEntry(change: Partial<PageState>): boolean {
  return Object.keys(change).every((name) => LOOKS.has(name));
}

/** The query of an address, as plain texts. */
export function readAddress(query: string): Record<string, string> {
  return Object.fromEntries(new URLSearchParams(query));
}

/** What a reader may look at stays as readable as the standard of URLs lets it. */
export function writeAddress(state: Readonly<Partial<PageState>>): string {
  const query = new URLSearchParams(stateOfAddress({ ...state }));
  const text = query.toString().replaceAll('%3A', ':').replaceAll('%2C', ',').replaceAll('%2F', '/');
  return text === '' ? '' : `?${text}`;
}
