import { useTexts } from '../text/language.ts';

/** How often, in a row; as what it is at least, where the answer is of a part only. */
export function Times({ n, isLower }: { readonly n: number; readonly isLower: boolean }) {
  const { t, number } = useTexts();
  return isLower ? t('atLeast', { n }) : `×${number(n)}`;
}
