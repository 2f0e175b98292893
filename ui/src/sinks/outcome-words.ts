import type { Texts } from '../text/texts.ts';
import type { Outcome } from './sink-questions.ts';

/** What a destination said, in its own words where it did not take something. */
export function outcomeWords(outcome: Outcome, { t }: Texts): string {
  if (outcome.status === 'ok') return t('wasTaken');
  return t(outcome.status === 'reject' ? 'wasRefused' : 'wasNotTaken', { problem: outcome.problem });
}
