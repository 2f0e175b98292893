import { useId, useState } from 'react';
import { usePageState } from '../state/use-page-state.ts';
import { useTexts } from '../text/language.ts';
import { AllValues } from './all-values.tsx';
import { FacetChoice } from './facet-choice.tsx';
import { type Counted, type FacetField, facetValues } from './facet-values.ts';
import { LookedAt } from './looked-at.tsx';

interface FacetProps {
  readonly field: FacetField;
  readonly counted: Counted | undefined;
  readonly isOpen: boolean;
  readonly onToggle: () => void;
}

export function Facet({ field, counted, isOpen, onToggle }: FacetProps) {
  const { t, number } = useTexts();
  const { q } = usePageState();
  const [showsAll, setShowsAll] = useState(false);
  const id = useId();
  const values = facetValues(counted?.values, q, field);
  const most = Math.max(1, ...values.map(({ occurrences }) => occurrences));
  const more = counted ? counted.more : 0;
  return (
    <section className="facet">
      <h3>
        <button type="button" className="facet-head" aria-expanded={isOpen} aria-controls={id} onClick={onToggle}>
          {t(field)}
          <span>{counted && more !== undefined ? number(counted.values.length + more) : ''}</span>
        </button>
      </h3>
      <div id={id} hidden={!isOpen}>
        {showsAll ? (
          <AllValues field={field} onClose={() => setShowsAll(false)} />
        ) : (
          <>
            <ul>
              {values.map((value) => (
                <FacetChoice
                  key={value.value}
                  field={field}
                  counted={value}
                  most={most}
                  isLower={counted?.isLower ?? false}
                />
              ))}
            </ul>
            <LookedAt objects={counted?.objects} />
            {more !== 0 && (
              <button type="button" className="link" onClick={() => setShowsAll(true)}>
                {more === undefined ? t('findMore') : t('more', { n: more })}
              </button>
            )}
          </>
        )}
      </div>
    </section>
  );
}
