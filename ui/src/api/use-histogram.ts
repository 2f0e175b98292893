import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useLive } from '../live/live.tsx';
import { usePageState } from '../state/use-page-state.ts';
import { useIsPhone } from '../theme/use-is-phone.ts';
import { histogramQuestion, LONGEST_SECONDS } from './questions.ts';
import { useKept } from './use-kept.ts';

/** How often what is counted follows a live tail. */
export const LIVE_EVERY_MS = 5_000;

/** The occurrences of what is asked, over time; the last ones that were counted while an answer does not come. */
export function useHistogram() {
  const state = usePageState();
  const { isFollowing } = useLive();
  const queries = useQueryClient();
  const buckets = useIsPhone() ? 80 : 240;
  const query = useQuery({
    ...histogramQuestion(state, state.by, buckets),
    refetchInterval: isFollowing && LIVE_EVERY_MS,
  });
  /** Counts what there was no time for. */
  const goOn = () => {
    const longer = histogramQuestion(state, state.by, buckets, { timeoutSeconds: LONGEST_SECONDS });
    void queries.prefetchQuery({ ...longer, staleTime: 0 });
  };
  return { ...query, answer: useKept(query.data), goOn };
}
