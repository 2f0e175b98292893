import type { SeriesRow } from '../api/questions.ts';

/** What came in live over what was listed: each revision once, or each event at its newest revision. */
export function mergedRows(
  live: readonly SeriesRow[],
  listed: readonly SeriesRow[],
  rows: 'series' | 'raw',
): readonly SeriesRow[] {
  if (live.length === 0) return listed;
  const known = new Set<string>();
  const keyOf = ({ id, uid }: SeriesRow) => (rows === 'raw' ? id : uid);
  return [...live, ...listed].filter((row) => {
    const key = keyOf(row);
    if (known.has(key)) return false;
    known.add(key);
    return true;
  });
}
