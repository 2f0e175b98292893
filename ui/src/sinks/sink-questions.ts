/** What is asked about sinks, and asked again while they are looked at. */
import { infiniteQueryOptions, queryOptions } from '@tanstack/react-query';
import { tidings } from '../api/tidings.ts';

export type Sink = Awaited<ReturnType<typeof tidings.sinks>>['data'][number];
/** Whose dead letters are shown. */
export type LetterSink = Pick<Sink, 'name' | 'deadLetters'>;
export type SinkActivity = Awaited<ReturnType<typeof tidings.sinkActivity>>['data'];
export type DeadLetter = Awaited<ReturnType<typeof tidings.deadLetters>>['data']['rows'][number];
export type RecordDelivery = Awaited<ReturnType<typeof tidings.deliveries>>['data'][number];
export type Outcome = Awaited<ReturnType<typeof tidings.testSink>>['data'];

const EVERY_MS = 3_000;
const PAGE_LETTERS = 100;

export const sinksQuestion = queryOptions({
  queryKey: ['sinks'],
  queryFn: ({ signal }) => tidings.sinks({}, { signal }),
  refetchInterval: EVERY_MS,
});

/** Of sinks that are gone too, which {@link sinksQuestion} does not tell. */
export const deadLetterCountsQuestion = queryOptions({
  queryKey: ['dead-letter-counts'],
  queryFn: ({ signal }) => tidings.deadLetterCounts({}, { signal }),
  refetchInterval: EVERY_MS,
});

export function deliveriesQuestion(id: string) {
  return queryOptions({
    queryKey: ['deliveries', id],
    queryFn: ({ signal }) => tidings.deliveries(id, { signal }),
    refetchInterval: EVERY_MS,
  });
}

export function activityQuestion(name: string) {
  return queryOptions({
    queryKey: ['sink', name, 'activity'],
    queryFn: ({ signal }) => tidings.sinkActivity(name, { signal }),
    refetchInterval: EVERY_MS,
  });
}

/** Oldest first, page by page. */
export function deadLettersQuestion(name: string) {
  return infiniteQueryOptions({
    queryKey: ['sink', name, 'dead-letters'],
    queryFn: ({ signal, pageParam }) =>
      tidings.deadLetters(
        name,
        { limit: PAGE_LETTERS, ...(pageParam !== undefined && { after: pageParam }) },
        { signal },
      ),
    initialPageParam: undefined as number | undefined,
    getNextPageParam: ({ data }) => (data.more ? data.rows.at(-1)?.id : undefined),
  });
}
