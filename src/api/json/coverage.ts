import * as v from 'valibot';
import { type Break, type Interval, unite } from '../../core/coverage.ts';
import { rfc3339 } from '../../core/rfc3339.ts';
import { coverageCellsSchema, rangeAnswer } from './answers.ts';
import { operation } from './operation.ts';
import { invalidParameter, rangeParameters } from './parameters.ts';
import { questionOf } from './question.ts';
import { gapsOf, rangeAnswerOf, viewsOf, visibleFrom } from './range-answer.ts';
import { HOUR, hoursOf, stepsOf, type TimeSteps } from './time-steps.ts';

const { q: _q, cel: _cel, ...shared } = rangeParameters;
const CELLS = 240;
const MAX_DAYS = 100;

const parameters = {
  ...shared,
  step: v.exactOptional(
    v.pipe(
      v.literal('1h', '1h'),
      v.description(
        `By the hour, as hours begin in the zone, of at most ${MAX_DAYS} days; without it in about ${CELLS} steps.`,
      ),
    ),
  ),
};

export const getCoverage = operation({
  method: 'GET',
  path: '/coverage',
  summary: 'When somebody was watching, and why not.',
  parameters,
  answer: rangeAnswer(coverageCellsSchema),
  async run(asked) {
    const { context } = asked;
    const question = await questionOf(asked, asked.parameters);
    const { range, now } = question;
    const seen = viewsOf(await context.history.coverage(range), question);
    const steps = stepsAsked(range, asked.parameters);
    const gaps = gapsOf(seen, question);
    const scopes = seen.map((view) => {
      const { cluster, scope, breaks } = view;
      const own = gaps.filter((gap) => gap.cluster === cluster && gap.scope === scope);
      // What is still to come was not watched, and what was before is not for the caller.
      const from = Math.max(range.from, visibleFrom(question, view));
      const cells = watchedShares(steps, { from, to: Math.min(range.to, now) }, own);
      return { cluster, scope, cells, breaks: breaks.map(breakOf) };
    });
    const { start, stepMs } = steps;
    return rangeAnswerOf(context.history, question, { start: rfc3339(start), stepMs, scopes });
  },
});

const MINUTE_MS = 60_000;

function stepsAsked(range: Interval, { step, tz: zone }: { readonly step?: '1h'; readonly tz?: string }): TimeSteps {
  if (step === undefined) return stepsOf(range, { buckets: CELLS, least: MINUTE_MS, zone });
  if (range.to - range.from > MAX_DAYS * 24 * HOUR)
    throw invalidParameter('step', step, `a range of at most ${MAX_DAYS} days with it`);
  return hoursOf(range, zone);
}

/** Of each step how much of what of it lies in the stretch is in none of the gaps, never rounded up; else 0. */
function watchedShares({ start, stepMs, count }: TimeSteps, stretch: Interval, gaps: readonly Interval[]): number[] {
  const lost = new Float64Array(count);
  const stepAt = (instant: number) => Math.floor((instant - start) / stepMs);
  for (const { from, to } of unite(gaps)) {
    for (let step = Math.max(0, stepAt(from)); step <= Math.min(count - 1, stepAt(to)); step++) {
      const begin = Math.max(from, stretch.from, start + step * stepMs);
      const end = Math.min(to, stretch.to, start + (step + 1) * stepMs);
      if (end > begin) lost[step] = (lost[step] ?? 0) + end - begin;
    }
  }
  return Array.from(lost, (missed, step) => {
    const from = Math.max(start + step * stepMs, stretch.from);
    const length = Math.min(start + (step + 1) * stepMs, stretch.to) - from;
    return length <= 0 ? 0 : Math.floor((1 - missed / length) * 1_000) / 1_000;
  });
}

function breakOf({ from, to, ...rest }: Break) {
  return { from: rfc3339(from), to: rfc3339(to), ...rest };
}
