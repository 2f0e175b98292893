import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useMemo, useState } from 'react';
import { lowerOver } from '../answer/lower-over.ts';
import { LONGEST_SECONDS } from '../api/questions.ts';
import { useKept } from '../api/use-kept.ts';
import { mergedGaps } from '../chart/gaps.ts';
import { useLive } from '../live/live.tsx';
import { usePageState } from '../state/use-page-state.ts';
import type { TimeRange } from '../time/time-range.ts';
import { windowOf } from './time-window.ts';
import { detailQuestion, timelineQuestion } from './timeline-question.ts';
import { type Lane, lanesInOrderOf, onLanesOf, timelineRows } from './timeline-rows.ts';

/** How often the picture follows a live tail: it is larger than the counts of a histogram. */
const LIVE_EVERY_MS = 15_000;
/** What is closer than it was counted shows no more than that. */
const BUCKETS_IN_VIEW = 1_500;
/** Of the window's width on either side: so far it moves without another question. */
const MARGIN = 0.5;

/** What is known of the range, and where it was only counted, closer of what is in view. */
export function useTimeline() {
  const state = usePageState();
  const { isFollowing } = useLive();
  const queries = useQueryClient();
  const query = useQuery({
    ...timelineQuestion(state),
    refetchInterval: isFollowing && LIVE_EVERY_MS,
  });
  const answer = useKept(query.data);
  const range = useMemo(() => answer && rangeOf(answer.range), [answer]);
  const lanes = useLaneOrder(answer?.data.lanes, [state.from, state.to, state.q, state.ns, state.group].join(' '));
  const base = useMemo(
    () => answer && lanes && timelineRows(onLanesOf(answer.data, lanes), lowerOver(answer)),
    [answer, lanes],
  );
  const gaps = useMemo(() => (answer && range ? mergedGaps(answer.coverage.gaps, range) : []), [answer, range]);

  const stepMs = base?.spanMs ?? 0;
  const window = range && windowOf(state.win, range);
  const isCloser = range && window && stepMs > 0 && (window.to - window.from) / stepMs < BUCKETS_IN_VIEW;
  const closer = isCloser ? widened(window, range) : undefined;
  const detail = useQuery({ ...detailQuestion(state, closer ?? { from: 0, to: 1 }), enabled: closer !== undefined });
  // What was cut short is no closer: counts of all of it tell more.
  const found = closer && detail.data?.leftOut?.before === undefined ? detail.data : undefined;
  const seen = useMemo(
    () =>
      base &&
      found && {
        data: timelineRows(onLanesOf(found.data, base.lanes), lowerOver(found)),
        range: rangeOf(found.range),
      },
    [base, found],
  );
  /** Reads what there was no time for. */
  const goOn = () => {
    const longer = timelineQuestion(state, { timeoutSeconds: LONGEST_SECONDS });
    void queries.prefetchQuery({ ...longer, staleTime: 0 });
  };
  return { ...query, answer, range, base, closer: seen, gaps, goOn };
}

/** Of the same question a lane keeps its place, also when another one has become more important. */
function useLaneOrder(lanes: readonly Lane[] | undefined, question: string): readonly Lane[] | undefined {
  const [kept, setKept] = useState({ question, lanes, ordered: lanes });
  // The answer before stays until the next one is there: until then it is of the question before.
  if (!lanes || kept.lanes === lanes) return kept.ordered;
  const isSame = kept.question === question;
  const ordered = isSame && kept.ordered ? lanesInOrderOf(lanes, kept.ordered) : lanes;
  setKept({ question, lanes, ordered });
  return ordered;
}

function rangeOf({ from, to }: { readonly from: string; readonly to: string }): TimeRange {
  return { from: Date.parse(from), to: Date.parse(to) };
}

/** On steps of a quarter, so that small moves ask the same. */
function widened({ from, to }: TimeRange, range: TimeRange): TimeRange {
  const step = (to - from) / 4;
  const margin = (to - from) * MARGIN;
  return {
    from: Math.max(range.from, Math.floor((from - margin) / step) * step),
    to: Math.min(range.to, Math.ceil((to + margin) / step) * step),
  };
}
