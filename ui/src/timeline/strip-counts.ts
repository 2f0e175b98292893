import { SEVERITIES } from '../../../src/core/severity.ts';
import type { HistogramCounts } from '../chart/histogram-layout.ts';
import type { TimeRange } from '../time/time-range.ts';
import type { TimelineRows } from './timeline-rows.ts';

/** All lanes over a whole range, by severity. */
export function stripCounts({ time, severity, count }: TimelineRows, range: TimeRange, steps: number): HistogramCounts {
  const stepMs = Math.max(1, (range.to - range.from) / steps);
  const counts = SEVERITIES.map(() => Array.from({ length: steps }, () => 0));
  for (let row = 0; row < time.length; row++) {
    const step = Math.min(steps - 1, Math.floor(((time[row] ?? 0) - range.from) / stepMs));
    const ofSeverity = counts[severity[row] ?? 0];
    if (ofSeverity && step >= 0) ofSeverity[step] = (ofSeverity[step] ?? 0) + (count[row] ?? 0);
  }
  return { range, start: range.from, stepMs, counts };
}
