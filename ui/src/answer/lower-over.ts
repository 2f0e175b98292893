import type { HistogramAnswer } from '../api/questions.ts';
import type { TimeRange } from '../time/time-range.ts';

export type Counted = Pick<HistogramAnswer, 'coverage' | 'lowerBound' | 'leftOut'>;

/** Of an answer: when there may have been more than it has. */
export function lowerOver({ lowerBound, coverage, leftOut = {} }: Counted): (stretch: TimeRange) => boolean {
  const { before, revisions: _, ...others } = leftOut;
  const gaps = coverage.gaps.map(({ from, to }) => ({ from: Date.parse(from), to: Date.parse(to) }));
  const countedFrom = before === undefined ? Number.NEGATIVE_INFINITY : Date.parse(before);
  const isPlaced = gaps.length > 0 || before !== undefined;
  // What may not be read, say, may have been at any time.
  if (!lowerBound || !isPlaced || Object.keys(others).length > 0) return () => lowerBound;
  return ({ from, to }) => from < countedFrom || gaps.some((gap) => gap.from <= to && gap.to >= from);
}
