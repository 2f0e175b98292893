import type { Interval, ScopeCoverage } from '../../core/coverage.ts';
import { ALL_NAMESPACES, NODES_IN_DEFAULT } from '../../core/record.ts';
import { rfc3339 } from '../../core/rfc3339.ts';
import { ledgerSchema, stateAnswer } from './answers.ts';
import { operation } from './operation.ts';
import { rangeParameters } from './parameters.ts';
import { type Question, questionOf } from './question.ts';
import { hiddenOf, visibleFrom, visibleOf } from './range-answer.ts';

const { q: _q, cel: _cel, tz: _tz, ...parameters } = rangeParameters;

export const getLedger = operation({
  method: 'GET',
  path: '/ledger',
  summary: 'When each scope was observed, and every break, as the coverage ledger has it.',
  parameters,
  answer: stateAnswer(ledgerSchema),
  async run(asked) {
    const question = await questionOf(asked, asked.parameters);
    const ledger = await asked.context.history.coverage(question.range);
    return {
      data: {
        scopes: seenOf(ledger, question).map(({ cluster, scope, intervals, breaks }) => ({
          cluster,
          scope,
          observed: intervals.map(printed),
          breaks: breaks.map((one) => ({ ...one, ...printed(one) })),
        })),
        ...hiddenOf(question),
      },
    };
  },
});

/** What matters to the namespaces asked for; a cluster of which nothing does is there all the same. */
function seenOf(ledger: readonly ScopeCoverage[], question: Question): ScopeCoverage[] {
  const { clusters, namespaces, refused } = question;
  const ofClusters = ledger.filter(({ cluster }) => clusters.includes(cluster));
  if (!namespaces) return ofClusters;
  return [...Map.groupBy(ofClusters, ({ cluster }) => cluster)].flatMap(([cluster, scopes]) => {
    const seen = namespaces.filter((name) => !refused.some((one) => one.cluster === cluster && one.namespace === name));
    const wanted = new Set([ALL_NAMESPACES, NODES_IN_DEFAULT, ...seen]);
    const visible = new Map(seen.map((scope) => [scope, visibleFrom(question, { cluster, scope })]));
    // What observed all of them is told as far as any of them may be seen.
    const first = Math.min(...visible.values());
    const matching = scopes
      .filter(({ scope }) => wanted.has(scope))
      .map((one) => ({ ...one, ...visibleOf(one, visible.get(one.scope) ?? first) }));
    return matching.length > 0 ? matching : seen.map((scope) => ({ cluster, scope, intervals: [], breaks: [] }));
  });
}

function printed({ from, to }: Interval): { from: string; to: string } {
  return { from: rfc3339(from), to: rfc3339(to) };
}
