import type { EventRow } from '../api/questions.ts';

/** What came in live over what was listed: each revision once, or each event at its newest revision. */
export function mergedRows(
  live: readonly EventRow[],
  listed: readonly EventRow[],
  rows: 'series' | 'raw',
): readonly EventRow[] {
  if (live.length === 0) return listed;
  const known = new Set<string>();
  const keyOf = ({ id, uid }: EventRow) => (rows === 'raw' ? id : uid);
  return [...live, ...listed].filter((row) => {
    const key = keyOf(row);
    if (known.has(key)) return false;
    known.add(key);
    return true;
  });
}
