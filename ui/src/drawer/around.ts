import { workloadOf } from '../../../src/core/workload.ts';
import type { EventRow } from '../api/questions.ts';

const MOST = 7;

function workloadNameOf({ object }: EventRow): string {
  return workloadOf(object).name;
}

/** One of each kind that happened to the same workload or node around an event, the nearest first. */
export function around(rows: readonly EventRow[], event: EventRow): readonly EventRow[] {
  const at = Date.parse(event.last);
  const distance = (row: EventRow) => Math.abs(Date.parse(row.last) - at);
  const workload = workloadNameOf(event);
  const isNear = (row: EventRow) =>
    row.uid !== event.uid &&
    row.severity !== 'normal' &&
    row.cluster === event.cluster &&
    ((row.object.namespace === event.object.namespace && workloadNameOf(row) === workload) ||
      (event.node !== '' && row.node === event.node));
  const kinds = new Set<string>();
  return rows
    .filter(isNear)
    .toSorted((one, other) => distance(one) - distance(other))
    .filter((row) => {
      const kind = `${row.reason} ${workloadNameOf(row)}`;
      if (kinds.has(kind)) return false;
      kinds.add(kind);
      return true;
    })
    .slice(0, MOST);
}
