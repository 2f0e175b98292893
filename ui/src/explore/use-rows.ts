import { useInfiniteQuery } from '@tanstack/react-query';
import { useMemo } from 'react';
import { type EventRow, rowsQuestion } from '../api/questions.ts';
import { useKept } from '../api/use-kept.ts';
import { useLive } from '../live/live.tsx';
import { mergedRows } from '../live/merged-rows.ts';
import { usePageState } from '../state/use-page-state.ts';

const NONE: readonly EventRow[] = [];

/** The rows that were listed so far, with what came in live before them. */
export function useRows() {
  const state = usePageState();
  const live = useLive();
  const query = useInfiniteQuery(rowsQuestion(state, state.rows));
  const pages = useKept(query.data)?.pages;
  const listed = useMemo(() => pages?.flatMap(({ data }) => data.rows) ?? NONE, [pages]);
  const rows = useMemo(() => mergedRows(live.rows, listed, state.rows), [live.rows, listed, state.rows]);
  return { ...query, rows, answer: pages?.at(-1) };
}
