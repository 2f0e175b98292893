import type { KeyboardEvent } from 'react';
import { SEVERITIES, type Severity } from '../../../src/core/severity.ts';
import { countWords } from '../answer/count-words.ts';
import { VisibleText } from '../message/message.tsx';
import { SeverityMark } from '../message/severity-mark.tsx';
import { writtenOut } from '../message/visible-text.ts';
import { isCel, only, type Stance, stanceOf, toggled } from '../query/rewrite.ts';
import { areKeysOn } from '../shell/keys.ts';
import { useChangeState, usePageState } from '../state/use-page-state.ts';
import { useTexts } from '../text/language.ts';
import type { FacetField, FacetValue } from './facet-values.ts';

interface FacetChoiceProps {
  readonly field: FacetField;
  readonly counted: FacetValue;
  /** What the longest bar stands for. */
  readonly most: number;
  readonly isLower: boolean;
}

/** A value: a click includes it, − excludes it, “only” leaves no other; each by a key too. */
export function FacetChoice({ field, counted: { value, occurrences }, most, isLower }: FacetChoiceProps) {
  const texts = useTexts();
  const { t } = texts;
  const { q } = usePageState();
  const change = useChangeState();
  const stance = stanceOf(q, field, value);
  const isSeverity = field === 'severity' && SEVERITIES.some((each) => each === value);
  const name = value === '' ? t('none') : isSeverity ? t(value as Severity) : value;
  const take = (wanted: Stance | 'only') => {
    const choice = { key: field, value };
    change({ q: wanted === 'only' ? only(q, choice) : toggled(q, choice, wanted) });
  };
  const onKey = (event: KeyboardEvent) => {
    const wanted = ({ '-': 'excluded', o: 'only' } as const)[event.key];
    if (wanted === undefined || !areKeysOn()) return;
    event.preventDefault();
    event.stopPropagation();
    take(wanted);
  };
  // A filter in CEL is rewritten by nobody, and the short form has no word for nothing.
  const isFixed = isCel(q) || value === '';
  return (
    <li className="facet-value" data-stance={stance}>
      <button
        type="button"
        className="facet-choice"
        aria-pressed={stance === 'included'}
        title={writtenOut(value)}
        disabled={isFixed}
        onClick={(event) => take(event.altKey ? 'excluded' : 'included')}
        onKeyDown={onKey}
      >
        <i className="facet-bar" style={{ width: `${(occurrences / most) * 100}%` }} aria-hidden="true" />
        {isSeverity && <SeverityMark severity={value as Severity} isNamed />}
        <bdi className="facet-name">
          <VisibleText text={name} />
        </bdi>
        <span className="facet-count">{countWords(occurrences, isLower && occurrences > 0, texts)}</span>
      </button>
      {!isFixed && (
        <span className="facet-acts">
          <button type="button" aria-label={t('exclude', { value: writtenOut(name) })} onClick={() => take('excluded')}>
            −
          </button>
          <button type="button" aria-label={t('onlyValue', { value: writtenOut(name) })} onClick={() => take('only')}>
            {t('only')}
          </button>
        </span>
      )}
    </li>
  );
}
