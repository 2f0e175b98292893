/** Filters over the history. */
import { severityOf } from '../core/severity.ts';
import { compileFilter } from '../lang/filter.ts';
import { partialFilter } from '../lang/partial-filter.ts';
import { allOf, requiredWords } from '../lang/required-words.ts';
import type { EventClass, EventFilter } from './history.ts';

/**
 * A condition in CEL for {@link EventQuery.filter}; an event of which it cannot be evaluated does not match, and
 * `onError` is told. Throws `FILTER_INVALID` with the position of what is wrong.
 */
export function eventFilter(source: string, onError: (error: unknown) => void = () => {}): EventFilter {
  const filter = compileFilter(source, { otherwise: false, onError });
  const decide = partialFilter(filter.ast);
  const known = ({ cluster, type, reason, kind }: EventClass): [string, string][] => [
    ['cluster', cluster],
    ['event.type', type],
    ['event.reason', reason],
    ['event.involvedObject.kind', kind],
    ['severity', severityOf({ type, reason })],
  ];
  return {
    ofGroup: (group) => decide(new Map([...known(group), ['event.metadata.namespace', group.namespace]])),
    ofClass: (group) => decide(new Map(known(group))),
    matches: (event) => filter.matches(event, event),
    words: requiredWords(filter.ast),
  };
}

/** What all of them let through. */
export function allFilters(filters: readonly EventFilter[]): EventFilter {
  return {
    ofGroup(group) {
      const held = filters.map((filter) => filter.ofGroup(group));
      if (held.includes(false)) return false;
      return held.includes(undefined) ? undefined : true;
    },
    ofClass(group) {
      const held = filters.map((filter) => filter.ofClass?.(group));
      if (held.includes(false)) return false;
      return held.includes(undefined) ? undefined : true;
    },
    matches: (event) => filters.every((filter) => filter.matches(event)),
    words: allOf(filters.map(({ words }) => words)),
  };
}
