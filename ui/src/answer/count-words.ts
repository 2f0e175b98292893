/** What was counted, in characters: what it is at least, where there may have been more. */
import type { Texts } from '../text/texts.ts';

export function countWords(n: number, isLower: boolean, { t, number }: Texts): string {
  return isLower ? t('atLeast', { n }) : number(n);
}

/** How often, beside what is counted. */
export function timesWords(n: number, isLower: boolean, texts: Texts): string {
  return isLower ? countWords(n, isLower, texts) : `×${texts.number(n)}`;
}

/** By itself. */
export function occurrencesWords(n: number, isLower: boolean, { t }: Texts): string {
  return t(isLower ? 'occurrencesAtLeast' : 'occurrences', { n });
}
