import type { QueryClient } from '@tanstack/react-query';
import { metaQuestion } from '../api/questions.ts';
import { DEFAULT_STATE } from '../state/page-state.ts';
import { rangeSince } from '../time/time-range.ts';

let known: string | undefined;

/** Where the range begins that nobody named: the same while the page is open, so that nothing moves by itself. */
export async function usualFrom(queries: QueryClient): Promise<string> {
  if (known !== undefined) return known;
  try {
    const { data } = await queries.fetchQuery({ ...metaQuestion, retry: false });
    const { now, retentionFrom } = data;
    known = retentionFrom === undefined ? DEFAULT_STATE.from : rangeSince(Date.parse(retentionFrom), Date.parse(now));
    return known;
  } catch {
    // Some may not ask that, and a stranger may once it is known who they are.
    return DEFAULT_STATE.from;
  }
}
