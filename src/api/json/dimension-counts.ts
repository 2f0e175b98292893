/** Occurrences by the values of what events are counted by. */
import type { GroupCount } from '../../component/history.ts';
import { SEVERITIES, severityOf } from '../../core/severity.ts';
import type { Dimension } from './answers.ts';

export function valueOf(count: GroupCount, dimension: Dimension): string {
  return dimension === 'severity' ? severityOf(count) : count[dimension];
}

/** Values with their occurrences: the most frequent first, severities by themselves. */
export function ranked(counts: readonly GroupCount[], dimension: Dimension): [value: string, occurrences: number][] {
  const sums = new Map<string, number>();
  for (const count of counts) {
    const value = valueOf(count, dimension);
    sums.set(value, (sums.get(value) ?? 0) + count.occurrences);
  }
  if (dimension === 'severity')
    return SEVERITIES.flatMap((value) => (sums.has(value) ? [[value, sums.get(value) ?? 0]] : []));
  return [...sums].toSorted(([a, one], [b, other]) => other - one || (a < b ? -1 : 1));
}
