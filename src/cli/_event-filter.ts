import type { EventFilter } from '../component/history.ts';

export interface FilterFlags {
  /** In CEL. */
  readonly filter?: string;
  /** In the short form. */
  readonly search?: string;
}

/** What both of them ask for. Throws `FILTER_INVALID`. The language is loaded only when it is used. */
export async function filterOf({ filter, search }: FilterFlags): Promise<EventFilter | undefined> {
  if (filter === undefined && search === undefined) return undefined;
  const { eventFilter } = await import('../component/event-filter.ts');
  const { shortFormToFilter } = await import('../lang/short-form.ts');
  const conditions = [filter, search === undefined ? undefined : shortFormToFilter(search)];
  // Each by itself first, so that an error names the place in what was typed.
  const [first, ...others] = conditions.flatMap((condition) =>
    condition === undefined ? [] : [eventFilter(condition)],
  );
  return others.length === 0 ? first : eventFilter(conditions.map((condition) => `(${condition})`).join(' && '));
}
