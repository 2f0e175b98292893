import { useQuery } from '@tanstack/react-query';
import { COMPLETED_FIELDS } from '../../../src/core/dimensions.ts';
import { completionQuestion } from '../api/questions.ts';
import { keysLike, type Typing } from '../query/completion.ts';
import { type Suggestion, suggestionsOf } from '../query/suggestions.ts';
import { usePageState } from '../state/use-page-state.ts';

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
  return field === undefined || !data ? NONE : suggestionsOf(data);
}
