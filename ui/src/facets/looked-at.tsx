import { useTexts } from '../text/language.ts';

/** Of how many objects values are, where there are more. */
export function LookedAt({ objects }: { readonly objects: number | undefined }) {
  const { t } = useTexts();
  return objects !== undefined && <p className="facet-none quiet">{t('ofObjects', { n: objects })}</p>;
}
