/** What looking up objects counts, all for one cluster. */
export interface LookupMetrics {
  /** A record's object was looked up. */
  looked(outcome: LookupOutcome): void;
  /** The API server was asked for metadata. */
  asked(verb: 'get' | 'list' | 'watch'): void;
}

/**
 * What came of it. `hit`: it was known. `miss`: it had to be asked for, and was found. `gone`: it is there no more, and
 * nothing is known of it. `refused`: it may not be read. `late`: it could not be found out in time. `unknown`: the event
 * does not say which object it is about, or there is no such kind.
 */
export const LOOKUP_OUTCOMES = ['hit', 'miss', 'gone', 'refused', 'late', 'unknown'] as const;
export type LookupOutcome = (typeof LOOKUP_OUTCOMES)[number];
