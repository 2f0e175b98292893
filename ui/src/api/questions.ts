/** What the views ask, and how long an answer is kept. The answer before stays until the next one is there. */
import { infiniteQueryOptions, keepPreviousData, queryOptions } from '@tanstack/react-query';
import type { CompletedField, Dimension } from '../../../src/core/dimensions.ts';
import { queryAround } from '../query/around.ts';
import type { PageState } from '../state/page-state.ts';
import { type Asked, rangeParameters } from './range-parameters.ts';
import { tidings } from './tidings.ts';

export type EventRow = Awaited<ReturnType<typeof tidings.events>>['data']['rows'][number];
/** Of an event, over the range; a row that came in live has none. */
export type SeriesRow = EventRow & { readonly spark?: readonly number[] };

export type RowsAnswer = Omit<Awaited<ReturnType<typeof tidings.events>>, 'data'> & {
  readonly data: { readonly rows: readonly SeriesRow[]; readonly next?: string };
};
export type FullEvent = Awaited<ReturnType<typeof tidings.event>>['data'];
export type HistogramAnswer = Awaited<ReturnType<typeof tidings.histogram>>;
export type Meta = Awaited<ReturnType<typeof tidings.meta>>['data'];

/** As long as the API lets an answer take that somebody waits for. */
export const LONGEST_SECONDS = 30;
export const META_EVERY_MS = 10_000;
const PAGE_ROWS = 200;

export const metaQuestion = queryOptions({
  queryKey: ['meta'],
  queryFn: ({ signal }) => tidings.meta({}, { signal }),
  refetchInterval: META_EVERY_MS,
});

/** What may take longer is the same question, so its answer takes the place of the other. */
export interface Patience {
  readonly timeoutSeconds?: number;
}

export function histogramQuestion(asked: Asked, by: Dimension, buckets: number, patience: Patience = {}) {
  const parameters = { ...rangeParameters(asked), by, buckets, top: 6 };
  return queryOptions({
    queryKey: ['histogram', parameters],
    queryFn: ({ signal }) => tidings.histogram({ ...parameters, ...patience }, { signal }),
    placeholderData: keepPreviousData,
  });
}

interface FacetsAsked {
  readonly fields: readonly Dimension[];
  readonly top: number;
}

export function facetsQuestion(asked: Asked, { fields, top }: FacetsAsked, patience: Patience = {}) {
  const parameters = { ...rangeParameters(asked), fields: [...fields], top };
  return queryOptions({
    queryKey: ['facets', parameters],
    queryFn: ({ signal }) => tidings.facets({ ...parameters, ...patience }, { signal }),
    placeholderData: keepPreviousData,
  });
}

export function completionQuestion(asked: Asked, field: CompletedField, prefix: string, limit: number) {
  const parameters = { ...rangeParameters(asked), field, prefix, limit };
  return queryOptions({
    queryKey: ['complete', parameters],
    queryFn: ({ signal }) => tidings.complete(parameters, { signal }),
    placeholderData: keepPreviousData,
  });
}

export function coverageQuestion(asked: Omit<Asked, 'q'>) {
  const parameters = rangeParameters({ ...asked, q: '' });
  return queryOptions({
    queryKey: ['coverage', parameters],
    queryFn: ({ signal }) => tidings.coverage(parameters, { signal }),
  });
}

export function rowsQuestion(
  asked: Asked,
  { rows, order }: Pick<PageState, 'rows' | 'order'>,
  patience: Patience = {},
) {
  const parameters = { ...rangeParameters(asked), limit: PAGE_ROWS };
  return infiniteQueryOptions({
    queryKey: ['rows', rows, order, parameters],
    queryFn: ({ signal, pageParam }): Promise<RowsAnswer> => {
      const page = { ...parameters, ...patience, ...(pageParam !== undefined && { cursor: pageParam }) };
      return rows === 'series' ? tidings.series({ ...page, order }, { signal }) : tidings.events(page, { signal });
    },
    initialPageParam: undefined as string | undefined,
    getNextPageParam: ({ data }) => data.next,
    placeholderData: keepPreviousData,
  });
}

export function eventQuestion(id: string) {
  return queryOptions({
    queryKey: ['event', id],
    queryFn: ({ signal }) => tidings.event(id, { signal }),
    staleTime: Number.POSITIVE_INFINITY,
    placeholderData: keepPreviousData,
  });
}

const AROUND_MS = 5 * 60_000;
const AROUND_ROWS = 1_000;

/** What was seen within minutes before an event, or after it, of its workload or node: the last of it first. */
export function aroundQuestion(event: EventRow, half: 'before' | 'after', ns: string) {
  const at = Date.parse(event.last);
  const [from, to] = half === 'before' ? [at - AROUND_MS, at] : [at + 1, at + AROUND_MS];
  const [start, end] = [new Date(from).toISOString(), new Date(to).toISOString()];
  const parameters = {
    ...rangeParameters({ from: start, to: end, q: queryAround(event), ns, tz: 'UTC' }),
    cluster: [event.cluster],
    limit: AROUND_ROWS,
    spark: false,
  };
  return queryOptions({
    queryKey: ['around', parameters],
    queryFn: ({ signal }) => tidings.series(parameters, { signal }),
  });
}
