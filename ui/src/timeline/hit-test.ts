/** What is under the pointer, found in the lane's own order of time: nothing is kept for it. */
import { firstRowFrom, type TimelineRows } from './timeline-rows.ts';

/** The rows of a lane within a reach of an instant: the severest first, then the nearest. */
export function rowsNear(data: TimelineRows, lane: number, at: number, reachMs: number): readonly number[] {
  const rows = data.rowsOf(lane);
  const begin = firstRowFrom(data, rows, at - reachMs);
  const { severity, time } = data;
  const found: number[] = [];
  for (let place = begin; place < rows.length; place++) {
    const row = rows[place] ?? 0;
    if ((time[row] ?? 0) > at + reachMs) break;
    found.push(row);
  }
  const distance = (row: number) => Math.abs((time[row] ?? 0) - at);
  return found.sort((a, b) => (severity[a] ?? 0) - (severity[b] ?? 0) || distance(a) - distance(b) || a - b);
}

const WARNING = 1;

/** The next row of a lane, in either direction, that warns of something. */
export function nextWarning(
  data: TimelineRows,
  lane: number,
  { row, at }: { readonly row: number | undefined; readonly at: number },
  direction: 1 | -1,
): number | undefined {
  const rows = data.rowsOf(lane);
  const here = row === undefined ? -1 : rows.indexOf(row);
  const first = firstRowFrom(data, rows, at);
  let place = here >= 0 ? here + direction : direction > 0 ? first : first - 1;
  for (; place >= 0 && place < rows.length; place += direction) {
    const candidate = rows[place] ?? 0;
    if ((data.severity[candidate] ?? 0) <= WARNING) return candidate;
  }
  return undefined;
}
