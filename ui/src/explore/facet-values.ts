import type { FacetsAnswer } from '../api/questions.ts';
import { termsOf } from '../query/terms.ts';

export type Counted = FacetsAnswer['data'][string];

export interface FacetValue {
  readonly value: string;
  readonly occurrences: number;
}

/** What was counted, and what was chosen though it counts nothing, so that the choice can be taken back. */
export function facetValues(counted: Counted | undefined, query: string, field: string): readonly FacetValue[] {
  const values = counted?.values ?? [];
  const chosen = termsOf(query)
    .filter(({ key }) => key === field)
    .flatMap((term) => term.values)
    .filter((value) => !value.includes('*') && !values.some((each) => each.value === value));
  return [...values, ...[...new Set(chosen)].map((value) => ({ value, occurrences: 0 }))];
}
