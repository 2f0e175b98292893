import { useQuery, useQueryClient } from '@tanstack/react-query';
import { DIMENSIONS } from '../../../src/core/dimensions.ts';
import { facetsQuestion, LONGEST_SECONDS } from '../api/questions.ts';
import { LIVE_EVERY_MS } from '../api/use-histogram.ts';
import { useKept } from '../api/use-kept.ts';
import { useLive } from '../live/live.tsx';
import { usePageState } from '../state/use-page-state.ts';

/** A type says less than a severity, which is made of it. */
export const COUNTED = DIMENSIONS.filter((field) => field !== 'type');
export const TOP = 10;

/** What is most frequent by field. */
export function useFacets() {
  const state = usePageState();
  const { isFollowing } = useLive();
  const queries = useQueryClient();
  const asked = { fields: COUNTED, top: TOP };
  const { data, isFetching } = useQuery({
    ...facetsQuestion(state, asked),
    refetchInterval: isFollowing && LIVE_EVERY_MS,
  });
  /** Counts what there was no time for. */
  const goOn = () => {
    const longer = facetsQuestion(state, asked, { timeoutSeconds: LONGEST_SECONDS });
    void queries.prefetchQuery({ ...longer, staleTime: 0 });
  };
  return { answer: useKept(data), isFetching, goOn };
}
