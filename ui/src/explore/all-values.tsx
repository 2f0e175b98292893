import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { facetsQuestion } from '../api/questions.ts';
import { valuesLike } from '../query/completion.ts';
import type { StackField } from '../state/page-state.ts';
import { usePageState } from '../state/use-page-state.ts';
import { useTexts } from '../text/language.ts';
import { FacetChoice } from './facet-choice.tsx';
import { facetValues } from './facet-values.ts';

/** As many as the API tells, and as a list can show. */
const MOST_COUNTED = 1_000;
const MOST_SHOWN = 100;

/** The values that were too many for the facet, to be searched. */
export function AllValues({ field, onClose }: { readonly field: StackField; readonly onClose: () => void }) {
  const { t } = useTexts();
  const state = usePageState();
  const [typed, setTyped] = useState('');
  const { data } = useQuery(facetsQuestion(state, [field], MOST_COUNTED));
  const values = facetValues(data?.data[field], state.q, field);
  const found = typed === '' ? values : valuesLike(values, typed);
  const most = Math.max(1, ...values.map(({ occurrences }) => occurrences));
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
        {found.slice(0, MOST_SHOWN).map((value) => (
          <FacetChoice key={value.value} field={field} counted={value} most={most} />
        ))}
      </ul>
      {data && found.length === 0 && <p className="facet-none">{t('noValue')}</p>}
      <button type="button" className="link" onClick={onClose}>
        {t('fewer')}
      </button>
    </>
  );
}
