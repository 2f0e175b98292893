/** What is shown, as it can be asked elsewhere and later. */
import { rangeParameters } from '../api/range-parameters.ts';
import { type ObjectPlace, queryAbout } from '../object/object-address.ts';
import type { PageState } from '../state/page-state.ts';
import { asked, rangeOf } from '../time/time-range.ts';

export interface SharedQuestion extends Pick<PageState, 'from' | 'to' | 'q' | 'ns' | 'tz' | 'rows' | 'order'> {
  readonly place: ObjectPlace | undefined;
  /** Whether the range would have gone on with the clock. */
  readonly wasRelative: boolean;
}

/** With the range as it is at an instant: what is shared is looked at later. Of an object its query finds what it shows. */
export function sharedQuestion(state: PageState, place: ObjectPlace | undefined, now: number): SharedQuestion {
  const { q, ns, tz, rows, order } = state;
  const fixed = asked(rangeOf(state, now));
  const wasRelative = state.from.startsWith('now') || state.to.startsWith('now');
  return { ...fixed, q: place ? queryAbout(place, q) : q.trim(), ns, tz, rows, order, place, wasRelative };
}

/** As the API takes it. */
export function parametersOf(question: SharedQuestion) {
  return rangeParameters(question);
}
