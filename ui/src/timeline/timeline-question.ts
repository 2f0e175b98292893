/** What the timeline asks. The picture before stays until the next one is there. */
import { keepPreviousData, queryOptions } from '@tanstack/react-query';
import type { Patience } from '../api/questions.ts';
import { type Asked, rangeParameters } from '../api/range-parameters.ts';
import { tidings } from '../api/tidings.ts';
import type { PageState } from '../state/page-state.ts';
import type { TimeRange } from '../time/time-range.ts';
import { openLanes } from './open-lanes.ts';

export type TimelineAnswer = Awaited<ReturnType<typeof tidings.timeline>>;
export type TimelineData = TimelineAnswer['data'];

/** What is denser comes as counts, until so little of it is in view. */
const MOST_MARKS_IN_VIEW = 50_000;
/** Answers have many megabytes, and each move of the window makes one: those that nobody looks at go soon. */
const KEPT_MS = 10_000;

type AskedTimeline = Asked & Pick<PageState, 'group' | 'open'>;

export function timelineQuestion(asked: AskedTimeline, patience: Patience = {}) {
  const parameters = parametersOf(asked);
  return queryOptions({
    queryKey: ['timeline', parameters],
    queryFn: ({ signal }) => tidings.timeline({ ...parameters, ...patience }, { signal }),
    gcTime: KEPT_MS,
    placeholderData: keepPreviousData,
  });
}

/** Closer: what is in `view` alone. */
export function detailQuestion(asked: AskedTimeline, { from, to }: TimeRange) {
  const parameters = {
    ...parametersOf(asked),
    from: new Date(from).toISOString(),
    to: new Date(to).toISOString(),
    max: MOST_MARKS_IN_VIEW,
  };
  return queryOptions({
    queryKey: ['timeline-detail', parameters],
    queryFn: ({ signal }) => tidings.timeline(parameters, { signal }),
    gcTime: KEPT_MS,
    placeholderData: keepPreviousData,
  });
}

function parametersOf({ group, open, ...asked }: AskedTimeline) {
  return { ...rangeParameters(asked), group, open: [...openLanes(open)] };
}
