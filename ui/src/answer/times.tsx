import { useTexts } from '../text/language.ts';
import { timesWords } from './count-words.ts';

/** How often, in a row; as what it is at least, where the answer is of a part only. */
export function Times({ n, isLower }: { readonly n: number; readonly isLower: boolean }) {
  return timesWords(n, isLower, useTexts());
}
