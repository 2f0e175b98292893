import { useQuery } from '@tanstack/react-query';
import { facetsQuestion } from '../api/questions.ts';
import { keysLike, type Typing, valuesLike } from '../query/completion.ts';
import { STACK_FIELDS } from '../state/page-state.ts';
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
  const field = STACK_FIELDS.find((each) => each === typing?.key);
  const { data } = useQuery({
    ...facetsQuestion({ ...state, q: '' }, field ? [field] : [], 1_000),
    enabled: field !== undefined,
  });
  if (!typing) return NONE;
  if (typing.key === undefined) return keysLike(typing.prefix).map((value) => ({ value }));
  const values = (field && data?.data[field]?.values) ?? [];
  const offered = values.map(({ value, occurrences }) => ({ value, count: occurrences }));
  return valuesLike(offered, typing.prefix).slice(0, MOST);
}
