import type { EventRow } from './questions.ts';

/** Versions are numbers that grow, of one event. https://kubernetes.io/docs/reference/using-api/api-concepts/#resource-versions */
export function nearestRevision<TRow extends Pick<EventRow, 'id'>>(
  rows: readonly TRow[],
  version: string,
): TRow | undefined {
  const distance = ({ id }: TRow) => Math.abs(Number(id.split('/')[1]) - Number(version));
  return rows.toSorted((one, other) => distance(one) - distance(other))[0];
}
