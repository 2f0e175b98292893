/** What goes with every answer about a range of time: how much of it was watched, and what was left out. */
import { type Interval, type ScopeCoverage, unite } from '../../core/coverage.ts';
import { type Missing, missing, type View, views } from '../../core/missing-coverage.ts';
import type { LeftOut } from './answers.ts';
import type { JsonApiStore } from './operation.ts';
import type { Question } from './question.ts';

const MAX_GAPS = 1000;
/** Parts of the range that a share is printed in. */
const SHARE_STEPS = 10_000;

interface Envelope<TData> {
  readonly range: { readonly from: string; readonly to: string };
  readonly coverage: { readonly share: number; readonly gaps: Gap[] };
  readonly lowerBound: boolean;
  readonly leftOut?: LeftOut;
  readonly data: TData;
}

interface Gap {
  readonly from: string;
  readonly to: string;
  readonly cluster: string;
  readonly scope: string;
  readonly cause?: string;
  readonly healed: boolean;
}

/** `leftOut`: by this answer, besides what the caller may not see. */
export async function rangeAnswerOf<TData>(
  history: Pick<JsonApiStore['history'], 'coverage'>,
  question: Question,
  data: TData,
  leftOut: LeftOut = {},
): Promise<Envelope<TData>> {
  const { range, refused, unevaluated } = question;
  const seen = viewsOf(await history.coverage(range), question);
  const gaps = gapsOf(seen, question);
  const out = {
    ...leftOut,
    ...(refused.length > 0 && { refused: [...refused] }),
    ...(unevaluated.events > 0 && { unevaluated: { ...unevaluated } }),
    ...(gaps.length > MAX_GAPS && { gaps: gaps.length - MAX_GAPS }),
  };
  const isPartial = Object.keys(out).length > 0;
  return {
    range: { from: rfc3339(range.from), to: rfc3339(range.to) },
    coverage: { share: shareOf(seen, gaps, question), gaps: gaps.slice(-MAX_GAPS).map(gapOf) },
    lowerBound: isPartial || gaps.length > 0 || seen.length === 0,
    ...(isPartial && { leftOut: out }),
    data,
  };
}

/** The ledger as the question sees it, and the caller may. */
export function viewsOf(ledger: readonly ScopeCoverage[], { clusters, namespaces, refused }: Question): View[] {
  const ofClusters = ledger.filter(({ cluster }) => clusters.includes(cluster));
  return views(ofClusters, { nodes: true, ...(namespaces && { namespaces }) }).filter(
    ({ cluster, scope }) => !refused.some((part) => part.cluster === cluster && part.namespace === scope),
  );
}

export function gapsOf(seen: readonly View[], { range, now }: Pick<Question, 'range' | 'now'>): Missing[] {
  return missing(seen, { since: range.from, until: range.to, now });
}

function gapOf({ from, to, cluster, scope, break: known }: Missing): Gap {
  const times = { from: rfc3339(from), to: rfc3339(to) };
  return { ...times, cluster, scope, ...(known && { cause: known.cause }), healed: known?.healed ?? false };
}

/** The mean over what is seen: never 1 while something is missing. */
function shareOf(seen: readonly View[], gaps: readonly Missing[], { range, now }: Question): number {
  const shares = seen.map(({ cluster, scope }) => {
    const own = gaps.filter((gap) => gap.cluster === cluster && gap.scope === scope);
    return watchedShare({ from: range.from, to: Math.min(range.to, now) }, own);
  });
  const mean = shares.reduce((sum, share) => sum + share, 0) / Math.max(1, shares.length);
  return Math.floor(mean * SHARE_STEPS) / SHARE_STEPS;
}

/** How much of a stretch lies in none of the gaps. */
export function watchedShare(stretch: Interval, gaps: readonly Interval[]): number {
  const length = stretch.to - stretch.from;
  if (length <= 0) return gaps.length === 0 ? 1 : 0;
  const cut = gaps.map(({ from, to }) => ({ from: Math.max(from, stretch.from), to: Math.min(to, stretch.to) }));
  const lost = unite(cut.filter(({ from, to }) => from < to)).reduce((sum, { from, to }) => sum + to - from, 0);
  return (length - lost) / length;
}

export function rfc3339(instant: number): string {
  return new Date(instant).toISOString();
}
