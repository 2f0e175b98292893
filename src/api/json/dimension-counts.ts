/** Occurrences by the values of what events are counted by. */
import type { CountOptions, EventGroup } from '../../component/history.ts';
import type { Dimension } from '../../core/dimensions.ts';
import { SEVERITIES, severityOf } from '../../core/severity.ts';

/** How to count by a field. */
export function countedBy(dimension: Dimension): Pick<CountOptions, 'by' | 'byClass'> {
  return countedFor([dimension], (group) => valueOf(group, dimension));
}

/** How to count by several fields at once: their values are a list, as JSON. */
export function countedByAll(dimensions: readonly Dimension[]): Pick<CountOptions, 'by' | 'byClass'> {
  return countedFor(dimensions, (group) => JSON.stringify(dimensions.map((dimension) => valueOf(group, dimension))));
}

/** Of a namespace's own events, or of all whatever their namespace. */
function countedFor(dimensions: readonly Dimension[], by: CountOptions['by']): Pick<CountOptions, 'by' | 'byClass'> {
  if (dimensions.includes('namespace')) return { by };
  return { by, byClass: (group) => by({ ...group, namespace: '' }) };
}

function valueOf(group: EventGroup, dimension: Dimension): string {
  return dimension === 'severity' ? severityOf(group) : group[dimension];
}

interface ValueCount {
  readonly value: string;
  readonly occurrences: number;
}

/** Values with their occurrences: the most frequent first, severities by themselves. */
export function ranked(counts: readonly ValueCount[], dimension: Dimension): [value: string, occurrences: number][] {
  const sums = new Map<string, number>();
  for (const { value, occurrences } of counts) sums.set(value, (sums.get(value) ?? 0) + occurrences);
  if (dimension === 'severity')
    return SEVERITIES.flatMap((value) => (sums.has(value) ? [[value, sums.get(value) ?? 0]] : []));
  return [...sums].toSorted(([a, one], [b, other]) => other - one || (a < b ? -1 : 1));
}
