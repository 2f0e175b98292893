/** What is asked about a range, from the address to the API. */
import { isCel } from '../query/rewrite.ts';
import type { PageState } from '../state/page-state.ts';

export type Asked = Pick<PageState, 'from' | 'to' | 'q' | 'ns' | 'tz'>;

/** As the address has them. */
export function namespacesOf(ns: string): string[] {
  return ns
    .split(',')
    .map((name) => name.trim())
    .filter((name) => name !== '');
}

/** The parameters that all questions about a range share. */
export function rangeParameters({ from, to, q, ns, tz }: Asked) {
  const filter = q.trim();
  const asked = isCel(filter) ? { cel: filter.slice(1) } : { q: filter };
  const namespace = namespacesOf(ns);
  return { from, to, tz, ...(filter !== '' && asked), ...(namespace.length > 0 && { namespace }) };
}
