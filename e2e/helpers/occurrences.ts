/** How often events have occurred: as written, and as `tidings_event_occurrences_total` counts it since a start. */
import type { Written } from './event-writer.ts';

/** By uid, at the last revision written. */
export function lastCounts(written: readonly Written[]): ReadonlyMap<string, number> {
  return new Map(written.map(({ uid, count }) => [uid, count]));
}

export function sum(numbers: Iterable<number>): number {
  return [...numbers].reduce((total, number) => total + number, 0);
}

/** Of events about Pods, as all written ones are: controllers within the API server write an event of their own now and then. */
export function occurrencesMetric(metrics: string): number {
  return sum(
    [...metrics.matchAll(/^tidings_event_occurrences_total\{[^}]*kind="Pod"[^}]*\} (\S+)$/gm)].map(([, value]) =>
      Number(value),
    ),
  );
}
