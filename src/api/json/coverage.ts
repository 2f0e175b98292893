import type { Break, Interval } from '../../core/coverage.ts';
import { coverageCellsSchema, rangeAnswer } from './answers.ts';
import { operation } from './operation.ts';
import { rangeParameters } from './parameters.ts';
import { questionOf } from './question.ts';
import { gapsOf, rangeAnswerOf, rfc3339, viewsOf, visibleFrom, watchedShare } from './range-answer.ts';
import { stepsOf } from './time-steps.ts';

const { q: _q, cel: _cel, ...parameters } = rangeParameters;
const CELLS = 240;

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
    const { start, stepMs, count } = stepsOf(range, { buckets: CELLS, least: MINUTE_MS, zone: asked.parameters.tz });
    const cells = Array.from({ length: count }, (_, index): Interval => {
      const from = start + index * stepMs;
      return { from: Math.max(from, range.from), to: Math.min(from + stepMs, range.to, now) };
    });
    const gaps = gapsOf(seen, question);
    const scopes = seen.map((view) => {
      const { cluster, scope, breaks } = view;
      const visible = visibleFrom(question, view);
      const own = gaps.filter((gap) => gap.cluster === cluster && gap.scope === scope);
      // What is still to come was not watched, and what was before is not for the caller.
      const shares = cells.map(({ from, to }) => {
        if (from > now || to <= visible) return 0;
        return floor(watchedShare({ from: Math.max(from, visible), to }, own));
      });
      return { cluster, scope, cells: shares, breaks: breaks.map(breakOf) };
    });
    return rangeAnswerOf(context.history, question, { start: rfc3339(start), stepMs, scopes });
  },
});

const MINUTE_MS = 60_000;

function floor(share: number): number {
  return Math.floor(share * 1000) / 1000;
}

function breakOf({ from, to, ...rest }: Break) {
  return { from: rfc3339(from), to: rfc3339(to), ...rest };
}
