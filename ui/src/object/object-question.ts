/** What the views of an object and of a workload ask. The answer before stays until the next one is there. */
import { infiniteQueryOptions, keepPreviousData, queryOptions } from '@tanstack/react-query';
import type { Patience } from '../api/questions.ts';
import { type Asked, rangeParameters } from '../api/range-parameters.ts';
import { tidings } from '../api/tidings.ts';
import type { ObjectPlace } from './object-address.ts';

export type ObjectAnswer = Awaited<ReturnType<typeof tidings.object>>;
export type ObjectSummary = ObjectAnswer['data'];
export type Incarnation = ObjectSummary['incarnations'][number];
export type ReasonCounts = ObjectSummary['reasons'][number];

const PAGE_ROWS = 100;

export function objectQuestion(place: ObjectPlace, asked: Asked, patience: Patience & { readonly max?: number } = {}) {
  const parameters = rangeParameters(asked);
  const ask = place.isWorkload ? tidings.workload : tidings.object;
  return queryOptions({
    queryKey: ['object', place, parameters],
    queryFn: ({ signal }) => ask(place, { ...parameters, ...patience }, { signal }),
    placeholderData: keepPreviousData,
  });
}

export function storyQuestion(place: ObjectPlace, asked: Asked) {
  const parameters = { ...rangeParameters(asked), limit: PAGE_ROWS };
  const ask = place.isWorkload ? tidings.workloadStory : tidings.objectStory;
  return infiniteQueryOptions({
    queryKey: ['story', place, parameters],
    queryFn: ({ signal, pageParam }) =>
      ask(place, { ...parameters, ...(pageParam !== undefined && { cursor: pageParam }) }, { signal }),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: ({ data }) => data.next,
    placeholderData: keepPreviousData,
  });
}
