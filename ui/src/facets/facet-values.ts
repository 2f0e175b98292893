import type { Dimension } from '../../../src/core/dimensions.ts';
import { isWildcard, termsOf } from '../../../src/lang/short-form-terms.ts';

export type FacetField = Dimension | 'workload' | 'node';

export interface Counted {
  readonly values: readonly FacetValue[];
  /** How many others there are; undefined when nobody counted them. */
  readonly more: number | undefined;
  /** Only so many objects were looked at, of more. */
  readonly objects?: number | undefined;
  /** There may have been more occurrences of each. */
  readonly isLower: boolean;
}

export interface FacetValue {
  readonly value: string;
  readonly occurrences: number;
}

/** What was counted, and what was chosen though it counts nothing, so that the choice can be taken back. */
export function facetValues(values: Counted['values'] = [], query: string, field: string): readonly FacetValue[] {
  const chosen = termsOf(query)
    .filter(({ key }) => key === field)
    .flatMap((term) => term.values.filter((value) => !isWildcard(value)).map(({ text }) => text))
    .filter((value) => !values.some((each) => each.value === value));
  return [...values, ...[...new Set(chosen)].map((value) => ({ value, occurrences: 0 }))];
}
