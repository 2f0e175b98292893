import { useCallback } from 'react';
import { tidings } from '../api/tidings.ts';
import { usePlace } from '../object/use-place.ts';
import { stateOfAddress, writeAddress } from '../state/page-state.ts';
import { usePageState } from '../state/use-page-state.ts';
import { parametersOf, type SharedQuestion, sharedQuestion } from './question.ts';

export interface Shared {
  readonly question: SharedQuestion;
  /** To what is shown, with the range as it is now. */
  readonly link: string;
}

/** What is shown at the time of the call, for somebody else and for later. */
export function useShared(): () => Shared {
  const state = usePageState();
  const place = usePlace();
  return useCallback(() => {
    const question = sharedQuestion(state, place, Date.now());
    const { from, to } = question;
    const link = new URL(`${location.pathname}${writeAddress(stateOfAddress({ ...state, from, to }))}`, location.href);
    return { question, link: link.href };
  }, [state, place]);
}

/** So many rows as somebody reads. */
const REPORT_ROWS = 50;
const TOP_REASONS = 12;
const JSON_ROWS = 1_000;

/** What a report about many events tells. */
export async function reportData(question: SharedQuestion) {
  const parameters = parametersOf(question);
  const limit = REPORT_ROWS;
  const [rows, counted] = await Promise.all([
    question.rows === 'raw'
      ? tidings.events({ ...parameters, limit })
      : tidings.series({ ...parameters, limit, order: question.order }),
    tidings.histogram({ ...parameters, by: 'reason', top: TOP_REASONS, buckets: 1 }),
  ]);
  const { data } = counted;
  const reasons = data.keys.map((reason, key) => ({
    reason,
    occurrences: (data.counts[key] ?? []).reduce((sum, count) => sum + count, 0),
  }));
  return { rows, counted, reasons };
}

/** The answer of the API to what is shown. */
export function shownAnswer(question: SharedQuestion) {
  const parameters = { ...parametersOf(question), limit: JSON_ROWS };
  return question.rows === 'raw'
    ? tidings.events(parameters)
    : tidings.series({ ...parameters, order: question.order });
}
