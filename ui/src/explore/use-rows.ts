import { useInfiniteQuery, useQueryClient } from '@tanstack/react-query';
import { useMemo } from 'react';
import { LONGEST_SECONDS, rowsQuestion, type SeriesRow } from '../api/questions.ts';
import { useKept } from '../api/use-kept.ts';
import { useLive } from '../live/live.tsx';
import { mergedRows } from '../live/merged-rows.ts';
import { usePageState } from '../state/use-page-state.ts';

const NONE: readonly SeriesRow[] = [];

/** The rows that were listed so far, with what came in live before them. */
export function useRows() {
  const state = usePageState();
  const live = useLive();
  const query = useInfiniteQuery(rowsQuestion(state, state));
  const pages = useKept(query.data)?.pages;
  const listed = useMemo(() => pages?.flatMap(({ data }) => data.rows) ?? NONE, [pages]);
  // In another order what is new has no place of its own.
  const fresh = state.rows === 'raw' || state.order === 'last' ? live.rows : NONE;
  const rows = useMemo(() => mergedRows(fresh, listed, state.rows), [fresh, listed, state.rows]);
  const queries = useQueryClient();
  const isRanked = state.rows === 'series' && state.order !== 'last';
  const answer = pages?.at(-1);
  /** Looks at what there was no time for. */
  const goOn = () => {
    const longer = rowsQuestion(state, state, { timeoutSeconds: LONGEST_SECONDS });
    void (isRanked ? queries.prefetchInfiniteQuery({ ...longer, staleTime: 0 }) : query.fetchNextPage());
  };
  return {
    ...query,
    rows,
    answer,
    /** The best of what was looked at, when the time was up, need not be the best. */
    isRanked,
    stoppedAt: answer?.leftOut?.before,
    goOn,
  };
}
