import { useQuery } from '@tanstack/react-query';
import { COMPLETED_FIELDS } from '../../../src/core/dimensions.ts';
import { completionQuestion } from '../api/questions.ts';
import { keysLike, type Typing } from '../query/completion.ts';
import { usePageState } from '../state/use-page-state.ts';

export interface Suggestion {
  readonly value: string;
  /** Occurrences in the range; absent for a field. */
  readonly count?: number;
}

const MOST = 12;
const NONE: readonly Suggestion[] = [];

/** Fields, or values of one with what they count in the range that is shown. */
export function useSuggestions(typing: Typing | undefined): readonly Suggestion[] {
  const state = usePageState();
  const { key, prefix = '' } = typing ?? {};
  const field = COMPLETED_FIELDS.find((each) => each === key);
  const { data } = useQuery({
    ...completionQuestion({ ...state, q: '' }, field ?? 'reason', prefix, MOST),
    enabled: field !== undefined,
  });
  if (!typing) return NONE;
  if (key === undefined) return keysLike(prefix).map((value) => ({ value }));
  const values = field === undefined ? [] : (data?.data ?? []);
  return values.filter(({ value }) => value !== '').map(({ value, occurrences }) => ({ value, count: occurrences }));
}
