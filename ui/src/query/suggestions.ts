/** What is offered to somebody who types a filter. */
export interface Suggestion {
  readonly value: string;
  /** Occurrences in the range; absent for a field. */
  readonly count?: number;
  /** There may have been more of them. */
  readonly isLower?: boolean;
}

interface Completion {
  readonly lowerBound: boolean;
  readonly data: readonly { readonly value: string; readonly occurrences: number }[];
}

/** Values of a field. */
export function suggestionsOf({ data, lowerBound: isLower }: Completion): readonly Suggestion[] {
  return data.filter(({ value }) => value !== '').map(({ value, occurrences: count }) => ({ value, count, isLower }));
}
