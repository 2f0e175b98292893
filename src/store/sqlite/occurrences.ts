/** A revision, as far as its occurrences are concerned. */
export interface Counted {
  readonly epoch: number;
  readonly count: number;
}

/**
 * What a revision adds to those before it, `before` being the one next to it. Within an epoch a smaller count is a new
 * beginning. What a snapshot brings back in a later epoch was counted before: until the first new beginning, only what
 * exceeds `reached`, the greatest count of the earlier epochs, is counted.
 */
export function occurrencesAfter(before: Counted | undefined, { epoch, count }: Counted, reached: number): number {
  if (before?.epoch !== epoch) return Math.max(0, count - reached);
  return isNewBeginning(before, count) ? count : Math.max(0, count - Math.max(before.count, reached));
}

/** For the revisions of the same epoch after this one: what they have to exceed. */
export function reachedAfter(before: Counted | undefined, { epoch, count }: Counted, reached: number): number {
  return before?.epoch === epoch && isNewBeginning(before, count) ? 0 : reached;
}

function isNewBeginning(before: Counted, count: number): boolean {
  return count < before.count;
}
