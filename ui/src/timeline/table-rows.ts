import type { TimeRange } from '../time/time-range.ts';
import { sliceOf } from './column-counts.ts';
import type { TimelineRows } from './timeline-rows.ts';

/** What is in view lane by lane, in the order of the lanes, each in order of time; what is in an open lane is there alone. */
export function tableRows(data: TimelineRows, window: TimeRange): readonly number[] {
  const end = { from: window.from, to: window.to + 1 };
  return data.lanes.flatMap((_, lane) => {
    const { rows, begin, end: last } = sliceOf(data, lane, end);
    return Array.from(rows.subarray(begin, last)).filter((row) => data.lane[row] === lane);
  });
}
