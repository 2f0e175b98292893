import fc from 'fast-check';

/** Filters in CEL that join some of the conditions in every way. */
export function filterSources(conditions: readonly string[]): fc.Arbitrary<string> {
  return fc.letrec<{ filter: string }>((tie) => ({
    filter: fc.oneof(
      { maxDepth: 3 },
      fc.constantFrom(...conditions).map((condition) => `(${condition})`),
      fc.tuple(tie('filter'), fc.constantFrom('&&', '||', '=='), tie('filter')).map((parts) => `(${parts.join(' ')})`),
      tie('filter').map((filter) => `!${filter}`),
      fc.tuple(tie('filter'), tie('filter'), tie('filter')).map(([a, b, c]) => `(${a} ? ${b} : ${c})`),
    ),
  })).filter;
}
