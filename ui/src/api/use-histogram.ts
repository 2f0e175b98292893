import { useQuery } from '@tanstack/react-query';
import { useLive } from '../live/live.tsx';
import { usePageState } from '../state/use-page-state.ts';
import { useIsPhone } from '../theme/use-is-phone.ts';
import { histogramQuestion } from './questions.ts';
import { useKept } from './use-kept.ts';

/** How often what is counted follows a live tail. */
export const LIVE_EVERY_MS = 5_000;

/** The occurrences of what is asked, over time; the last ones that were counted while an answer does not come. */
export function useHistogram() {
  const state = usePageState();
  const { status, isPaused } = useLive();
  const isFollowing = status !== 'off' && !isPaused;
  const query = useQuery({
    ...histogramQuestion(state, state.by, useIsPhone() ? 80 : 240),
    refetchInterval: isFollowing && LIVE_EVERY_MS,
  });
  return { ...query, answer: useKept(query.data) };
}
