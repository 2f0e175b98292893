import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { completionQuestion } from '../api/questions.ts';
import { usePageState } from '../state/use-page-state.ts';
import { useTexts } from '../text/language.ts';
import { FacetChoice } from './facet-choice.tsx';
import { type FacetField, facetValues } from './facet-values.ts';
import { LookedAt } from './looked-at.tsx';

/** As many as the API tells: what is not among them is found by typing more of it. */
const MOST = 100;

/** The values that were too many for the facet, to be searched. */
export function AllValues({ field, onClose }: { readonly field: FacetField; readonly onClose: () => void }) {
  const { t } = useTexts();
  const state = usePageState();
  const [typed, setTyped] = useState('');
  const { data } = useQuery(completionQuestion(state, field, typed, MOST));
  const found = facetValues(data?.data, typed === '' ? state.q : '', field);
  const most = Math.max(1, ...found.map(({ occurrences }) => occurrences));
  const label = t('findValue', { field: t(field) });
  return (
    <>
      <input
        className="facet-search"
        type="search"
        aria-label={label}
        placeholder={label}
        value={typed}
        onChange={(event) => setTyped(event.target.value)}
      />
      <ul>
        {found.map((value) => (
          <FacetChoice
            key={value.value}
            field={field}
            counted={value}
            most={most}
            isLower={data?.lowerBound ?? false}
          />
        ))}
      </ul>
      <LookedAt objects={data?.leftOut?.objects} />
      {data && found.length === 0 && <p className="facet-none">{t('noValue')}</p>}
      <button type="button" className="link" onClick={onClose}>
        {t('fewer')}
      </button>
    </>
  );
}
