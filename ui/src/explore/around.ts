import type { EventRow } from '../api/questions.ts';

const MOST = 7;

/** A Pod's name without what its controllers added to that of the workload. */
function familyOf(name: string): string {
  return name.replace(/(?:-[a-z0-9]{8,10})?-[a-z0-9]{5}$|-\d+$/, '');
}

/** One of each kind that happened to the same workload or node around an event, the nearest first. */
export function around(rows: readonly EventRow[], event: EventRow): readonly EventRow[] {
  const at = Date.parse(event.last);
  const distance = (row: EventRow) => Math.abs(Date.parse(row.last) - at);
  const family = familyOf(event.object.name);
  const isNear = (row: EventRow) =>
    row.uid !== event.uid &&
    row.severity !== 'normal' &&
    row.cluster === event.cluster &&
    ((row.object.namespace === event.object.namespace && familyOf(row.object.name) === family) ||
      (event.node !== '' && row.node === event.node));
  const kinds = new Set<string>();
  return rows
    .filter(isNear)
    .toSorted((one, other) => distance(one) - distance(other))
    .filter((row) => {
      const kind = `${row.reason} ${familyOf(row.object.name)}`;
      if (kinds.has(kind)) return false;
      kinds.add(kind);
      return true;
    })
    .slice(0, MOST);
}
