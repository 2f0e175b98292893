import { useQuery, useQueryClient } from '@tanstack/react-query';
import { LONGEST_SECONDS } from '../api/questions.ts';
import { LIVE_EVERY_MS } from '../api/use-histogram.ts';
import { useKept } from '../api/use-kept.ts';
import { useLive } from '../live/live.tsx';
import { usePageState } from '../state/use-page-state.ts';
import type { ObjectPlace } from './object-address.ts';
import { objectQuestion } from './object-question.ts';

/** As many as the API makes a summary of. */
const MOST_REVISIONS = 200_000;

/** What is known of an object; the last that was, while an answer does not come. */
export function useObject(place: ObjectPlace) {
  const state = usePageState();
  const { isFollowing } = useLive();
  const queries = useQueryClient();
  const query = useQuery({ ...objectQuestion(place, state), refetchInterval: isFollowing && LIVE_EVERY_MS });
  const answer = useKept(query.data);
  /** Looks at what there was no time for, and what was too much at first. */
  const goOn = () => {
    const longer = objectQuestion(place, state, { timeoutSeconds: LONGEST_SECONDS, max: MOST_REVISIONS });
    void queries.prefetchQuery({ ...longer, staleTime: 0 });
  };
  const { error, isFetching } = query;
  return { answer, error, isFetching, ...(answer?.leftOut?.revisions !== MOST_REVISIONS && { onGoOn: goOn }) };
}
