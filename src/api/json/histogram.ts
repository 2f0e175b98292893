import * as v from 'valibot';
import type { Counts } from '../../component/history.ts';
import { DIMENSIONS, type Dimension, MOST_COUNTS } from '../../core/dimensions.ts';
import type { Missing } from '../../core/missing-coverage.ts';
import { rfc3339 } from '../../core/rfc3339.ts';
import { histogramSchema, rangeAnswer } from './answers.ts';
import { countedBy, ranked } from './dimension-counts.ts';
import { type Call, operation } from './operation.ts';
import { limitParameter, rangeParameters, timeoutParameter } from './parameters.ts';
import { inTurn, type Question, questionOf } from './question.ts';
import { gapsOf, rangeAnswerOf, viewsOf } from './range-answer.ts';
import { HOUR, stepsOf, type TimeSteps } from './time-steps.ts';

/** For steps shorter than an hour every row is read: when that takes longer than this share, hours have to do. */
const ROWS_SHARE = 0.25;

export const getHistogram = operation({
  method: 'GET',
  path: '/histogram',
  summary: 'Occurrences over time; in steps of hours where shorter ones would take too long to count.',
  parameters: {
    ...rangeParameters,
    by: v.exactOptional(v.picklist(DIMENSIONS, `one of ${DIMENSIONS.join(', ')}`), 'severity'),
    buckets: limitParameter(MOST_COUNTS, 240),
    top: limitParameter(20, 6),
    timeoutSeconds: timeoutParameter,
  },
  answer: rangeAnswer(histogramSchema),
  async run(asked) {
    const { context, parameters } = asked;
    const question = await questionOf(asked, parameters);
    const { steps, counted } = await inTurn(asked, question, () => countSteps(asked, question, parameters));
    const { counts, countedFrom } = counted;
    const gaps = gapsOf(viewsOf(await context.history.coverage(question.range), question), question);
    const data = {
      start: rfc3339(steps.start),
      stepMs: steps.stepMs,
      ...stacked(counts, steps, parameters),
      lower: lowerBounds(steps, gaps, countedFrom),
      total: counts.reduce((sum, { occurrences }) => sum + occurrences, 0),
    };
    const leftOut = countedFrom === undefined ? {} : { before: rfc3339(countedFrom) };
    return rangeAnswerOf(context.history, question, data, leftOut);
  },
});

interface Stacking {
  readonly by: Dimension;
  readonly top: number;
}

interface Stepping {
  readonly by: Dimension;
  readonly buckets: number;
  readonly tz?: string;
  readonly timeoutSeconds: number;
}

interface CountedSteps {
  readonly steps: TimeSteps;
  readonly counted: Counts;
}

async function countSteps(
  { context, signal }: Call,
  { range, query, unevaluated }: Question,
  { by, buckets, tz, timeoutSeconds }: Stepping,
): Promise<CountedSteps> {
  const count = async (steps: TimeSteps, ms: number): Promise<CountedSteps> => {
    const options = {
      ...countedBy(by),
      buckets: { start: steps.start, step: steps.stepMs },
      signal: AbortSignal.any([signal, AbortSignal.timeout(ms)]),
    };
    return { steps, counted: await context.history.counts(query, options) };
  };
  const timeMs = timeoutSeconds * 1_000;
  const fine = stepsOf(range, { buckets, zone: tz });
  if (fine.stepMs < HOUR) {
    const counted = await count(fine, timeMs * ROWS_SHARE);
    if (counted.counted.countedFrom === undefined) return counted;
    // The same events are met again.
    unevaluated.events = 0;
  }
  return count(stepsOf(range, { buckets, least: HOUR, zone: tz }), timeMs);
}

function stacked(counts: Counts['counts'], { count }: TimeSteps, { by, top }: Stacking) {
  const values = ranked(
    counts.map(({ key, occurrences }) => ({ value: key, occurrences })),
    by,
  ).map(([value]) => value);
  const named = values.slice(0, top);
  const keys: (string | null)[] = values.length > top ? [...named, null] : named;
  const rows = keys.map(() => Array.from({ length: count }, () => 0));
  const places = new Map(named.map((value, index) => [value, index]));
  for (const one of counts) {
    const row = rows[places.get(one.key) ?? top];
    if (row) row[one.bucket] = (row[one.bucket] ?? 0) + one.occurrences;
  }
  return { keys, counts: rows };
}

function lowerBounds({ start, stepMs, count }: TimeSteps, gaps: readonly Missing[], countedFrom = 0): boolean[] {
  return Array.from({ length: count }, (_, index) => {
    const from = start + index * stepMs;
    const to = from + stepMs - 1;
    return from < countedFrom || gaps.some((gap) => gap.from <= to && gap.to >= from);
  });
}
