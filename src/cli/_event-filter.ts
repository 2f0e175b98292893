import type { EventFilter } from '../component/history.ts';
import { messageOf } from '../core/errors.ts';

export interface FilterFlags {
  /** In CEL. */
  readonly filter?: string;
  /** In the short form. */
  readonly search?: string;
}

/**
 * What both of them ask for. Throws `FILTER_INVALID`. The language is loaded only when it is used. `warn` is told once
 * when there are events of which it cannot be evaluated.
 */
export async function filterOf(
  { filter, search }: FilterFlags,
  warn: (remark: string) => void,
): Promise<EventFilter | undefined> {
  if (filter === undefined && search === undefined) return undefined;
  const { eventFilter } = await import('../component/event-filter.ts');
  const { shortFormToFilter } = await import('../lang/short-form.ts');
  let isTold = false;
  const onError = (error: unknown): void => {
    if (!isTold)
      warn(`events of which the filter cannot be evaluated are left out: ${messageOf(error).split('\n', 1)[0]}`);
    isTold = true;
  };
  const conditions = [filter, search === undefined ? undefined : shortFormToFilter(search)];
  // Each by itself first, so that an error names the place in what was typed.
  const [first, ...others] = conditions.flatMap((condition) =>
    condition === undefined ? [] : [eventFilter(condition, onError)],
  );
  if (others.length === 0) return first;
  return eventFilter(conditions.map((condition) => `(${condition})`).join(' && '), onError);
}
