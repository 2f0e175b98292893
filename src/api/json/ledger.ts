import type { Interval, ScopeCoverage } from '../../core/coverage.ts';
import { ALL_NAMESPACES, NODES_IN_DEFAULT } from '../../core/record.ts';
import { ledgerSchema, stateAnswer } from './answers.ts';
import { operation } from './operation.ts';
import { rangeParameters } from './parameters.ts';
import { type Question, questionOf } from './question.ts';
import { rfc3339 } from './range-answer.ts';

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
    const { refused } = question;
    return {
      data: {
        scopes: seenOf(ledger, question).map(({ cluster, scope, intervals, breaks }) => ({
          cluster,
          scope,
          observed: intervals.map(printed),
          breaks: breaks.map((one) => ({ ...one, ...printed(one) })),
        })),
        ...(refused.length > 0 && { refused: [...refused] }),
      },
    };
  },
});

/** What matters to the namespaces asked for; a cluster of which nothing does is there all the same. */
function seenOf(ledger: readonly ScopeCoverage[], { clusters, namespaces, refused }: Question): ScopeCoverage[] {
  const ofClusters = ledger.filter(({ cluster }) => clusters.includes(cluster));
  if (!namespaces) return ofClusters;
  return [...Map.groupBy(ofClusters, ({ cluster }) => cluster)].flatMap(([cluster, scopes]) => {
    const seen = namespaces.filter((name) => !refused.some((one) => one.cluster === cluster && one.namespace === name));
    const wanted = new Set([ALL_NAMESPACES, NODES_IN_DEFAULT, ...seen]);
    const matching = scopes.filter(({ scope }) => wanted.has(scope));
    return matching.length > 0 ? matching : seen.map((scope) => ({ cluster, scope, intervals: [], breaks: [] }));
  });
}

function printed({ from, to }: Interval): { from: string; to: string } {
  return { from: rfc3339(from), to: rfc3339(to) };
}
