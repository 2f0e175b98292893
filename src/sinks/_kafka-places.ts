/** Where in a topic each of the records lies that a broker acknowledged together. */
import { compatibilityPartitioner } from '@platformatic/kafka';

export interface Place {
  readonly partition: number;
  readonly offset: bigint;
}

/** For one partition, where the first of the records lies. */
interface FirstOffset {
  readonly partition: number;
  readonly offset: bigint;
}

/**
 * The place of each record by its key, in the order in which they were sent; undefined where the broker said nothing of
 * its partition, as when the topic has just got more of them.
 */
export function placesOf(
  keys: readonly Buffer[],
  partitions: number,
  first: readonly FirstOffset[],
): readonly (Place | undefined)[] {
  const next = new Map(first.map(({ partition, offset }) => [partition, offset]));
  return keys.map((key) => {
    const partition = compatibilityPartitioner({ topic: '' }, key) % partitions;
    const offset = next.get(partition);
    if (offset === undefined) return undefined;
    next.set(partition, offset + 1n);
    return { partition, offset };
  });
}
