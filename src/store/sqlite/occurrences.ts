import { countOf, type Event } from '../../core/event.ts';

/** {@link countOf}, and 1 where an emitter wrote what is no count. */
export function occurrencesOf(event: Event): number {
  const count = countOf(event);
  return Number.isSafeInteger(count) && count > 0 ? count : 1;
}
