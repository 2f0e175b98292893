/** What goes with every answer about a range of time: how much of it was watched, and what was left out. */
import { type Interval, type ScopeCoverage, unite } from '../../core/coverage.ts';
import { clip, type Missing, missing, type View, views } from '../../core/missing-coverage.ts';
import { rfc3339 } from '../../core/rfc3339.ts';
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
  const { range, unevaluated } = question;
  const seen = viewsOf(await history.coverage(range), question);
  const gaps = gapsOf(seen, question);
  const out = {
    ...leftOut,
    ...hiddenOf(question),
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

/** What the caller may not see of what is asked for. */
export function hiddenOf({ refused, began }: Question): Pick<LeftOut, 'refused' | 'began'> {
  return {
    ...(refused.length > 0 && { refused: [...refused] }),
    ...(began.length > 0 && {
      began: began.map(({ cluster, namespace, at }) => ({
        cluster,
        ...(namespace !== undefined && { namespace }),
        at: rfc3339(at),
      })),
    }),
  };
}

/** The ledger as the question sees it, and the caller may. */
export function viewsOf(ledger: readonly ScopeCoverage[], question: Question): View[] {
  const { clusters, namespaces, refused } = question;
  const ofClusters = ledger.filter(({ cluster }) => clusters.includes(cluster));
  return views(ofClusters, { nodes: true, ...(namespaces && { namespaces }) })
    .filter(({ cluster, scope }) => !refused.some((part) => part.cluster === cluster && part.namespace === scope))
    .map((view) => {
      const { intervals: observed, breaks } = visibleOf(
        { intervals: view.observed, breaks: view.breaks },
        visibleFrom(question, view),
      );
      return { ...view, observed, breaks };
    });
}

/** What of a scope's coverage is not from before an instant. */
export function visibleOf(
  { intervals, breaks }: Pick<ScopeCoverage, 'intervals' | 'breaks'>,
  from: number,
): Pick<ScopeCoverage, 'intervals' | 'breaks'> {
  return {
    intervals: clip(intervals, { from, to: Number.MAX_SAFE_INTEGER }),
    breaks: breaks.filter(({ to }) => to >= from).map((one) => ({ ...one, from: Math.max(one.from, from) })),
  };
}

/** From when on the caller may see what a scope has; the range itself begins nowhere. */
export function visibleFrom({ began }: Question, { cluster, scope }: Pick<View, 'cluster' | 'scope'>): number {
  const own = began.find((one) => one.cluster === cluster && (one.namespace ?? scope) === scope);
  return own?.at ?? Number.MIN_SAFE_INTEGER;
}

export function gapsOf(seen: readonly View[], question: Question): Missing[] {
  const { range, now } = question;
  return seen
    .flatMap((view) =>
      missing([view], { since: Math.max(range.from, visibleFrom(question, view)), until: range.to, now }),
    )
    .toSorted((a, b) => a.from - b.from);
}

function gapOf({ from, to, cluster, scope, break: known }: Missing): Gap {
  const times = { from: rfc3339(from), to: rfc3339(to) };
  return { ...times, cluster, scope, ...(known && { cause: known.cause }), healed: known?.healed ?? false };
}

/** The mean over what is seen: never 1 while something is missing. */
function shareOf(seen: readonly View[], gaps: readonly Missing[], question: Question): number {
  const { range, now } = question;
  const shares = seen.map((view) => {
    const own = gaps.filter((gap) => gap.cluster === view.cluster && gap.scope === view.scope);
    const from = Math.max(range.from, visibleFrom(question, view));
    return watchedShare({ from, to: Math.min(range.to, now) }, own);
  });
  const mean = shares.reduce((sum, share) => sum + share, 0) / Math.max(1, shares.length);
  return Math.floor(mean * SHARE_STEPS) / SHARE_STEPS;
}

/** How much of a stretch lies in none of the gaps. */
function watchedShare(stretch: Interval, gaps: readonly Interval[]): number {
  const length = stretch.to - stretch.from;
  if (length <= 0) return gaps.length === 0 ? 1 : 0;
  const cut = gaps.map(({ from, to }) => ({ from: Math.max(from, stretch.from), to: Math.min(to, stretch.to) }));
  const lost = unite(cut.filter(({ from, to }) => from < to)).reduce((sum, { from, to }) => sum + to - from, 0);
  return (length - lost) / length;
}
