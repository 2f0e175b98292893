import { keepPreviousData, queryOptions } from '@tanstack/react-query';
import { namespacesOf } from '../api/range-parameters.ts';
import { tidings } from '../api/tidings.ts';
import type { PageState } from '../state/page-state.ts';
import type { TimeRange } from '../time/time-range.ts';

export type CoverageAnswer = Awaited<ReturnType<typeof tidings.coverage>>;

const EVERY_MS = 30_000;

/** Of whole days, hour by hour; what is not over is asked again. */
export function coverageQuestion({ from, to }: TimeRange, { ns, tz }: Pick<PageState, 'ns' | 'tz'>, now: number) {
  const isOver = to <= now;
  const namespace = namespacesOf(ns);
  const parameters = {
    from: new Date(from).toISOString(),
    to: isOver ? new Date(to).toISOString() : 'now',
    step: '1h' as const,
    tz,
    ...(namespace.length > 0 && { namespace }),
  };
  return queryOptions({
    queryKey: ['coverage', parameters],
    queryFn: ({ signal }) => tidings.coverage(parameters, { signal }),
    placeholderData: keepPreviousData,
    refetchInterval: !isOver && EVERY_MS,
  });
}
