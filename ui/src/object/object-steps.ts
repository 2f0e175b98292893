/** What happened to an object over a range, step by step. */
import { SEVERITIES, type Severity } from '../../../src/core/severity.ts';
import { lowerOver } from '../answer/lower-over.ts';
import { type Gap, mergedGaps } from '../chart/gaps.ts';
import type { HistogramCounts } from '../chart/histogram-layout.ts';
import type { InkToken } from '../theme/ink.ts';
import type { TimeRange } from '../time/time-range.ts';
import type { ObjectAnswer, ReasonCounts } from './object-question.ts';

export interface ObjectSteps extends HistogramCounts {
  readonly gaps: readonly Gap[];
  /** Of `counts`, as charts take them. */
  readonly severities: readonly Severity[];
  readonly colours: readonly InkToken[];
  /** By step: there may have been more. */
  readonly lower: readonly boolean[];
}

/** As `spark` has them. */
const STEPS = 32;

export function rangeOfAnswer({ range }: Pick<ObjectAnswer, 'range'>): TimeRange {
  return { from: Date.parse(range.from), to: Date.parse(range.to) };
}

/** Of all reasons, or of one of them. */
export function stepsOf(
  answer: Pick<ObjectAnswer, 'range' | 'coverage' | 'lowerBound' | 'leftOut'>,
  reasons: readonly Pick<ReasonCounts, 'severity' | 'spark'>[],
): ObjectSteps {
  const range = rangeOfAnswer(answer);
  const severities = SEVERITIES.filter((severity) => reasons.some((reason) => reason.severity === severity));
  // As the API cuts a range, of which both ends are part.
  const stepMs = Math.ceil((range.to - range.from + 1) / STEPS);
  const isLowerOver = lowerOver(answer);
  return {
    range,
    start: range.from,
    stepMs,
    counts: severities.map((severity) => summed(reasons.filter((reason) => reason.severity === severity))),
    severities,
    colours: severities,
    gaps: mergedGaps(answer.coverage.gaps, range),
    lower: Array.from({ length: STEPS }, (_, step) =>
      isLowerOver({ from: range.from + step * stepMs, to: range.from + (step + 1) * stepMs - 1 }),
    ),
  };
}

/** By step the severest of what happened in it. */
export function statesOf({ counts, severities }: ObjectSteps): readonly (Severity | undefined)[] {
  return Array.from({ length: STEPS }, (_, step) =>
    severities.find((_severity, key) => (counts[key]?.[step] ?? 0) > 0),
  );
}

function summed(reasons: readonly Pick<ReasonCounts, 'spark'>[]): readonly number[] {
  return Array.from({ length: STEPS }, (_, step) => reasons.reduce((sum, { spark }) => sum + (spark[step] ?? 0), 0));
}
