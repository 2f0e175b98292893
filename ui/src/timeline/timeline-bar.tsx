import type { ReactNode, Ref } from 'react';
import { useChangeState, usePageState } from '../state/use-page-state.ts';
import { useTexts } from '../text/language.ts';

const GROUPS = ['workload', 'node', 'namespace'] as const;

export interface TimelineBarProps {
  /** Undefined while nobody knows. */
  readonly lanes: number | undefined;
  /** Whether all of the range is in view. */
  readonly isWhole: boolean;
  readonly isTable: boolean;
  readonly onTable: () => void;
  readonly onWhole: () => void;
  /** Where what is in view is written, with every frame. */
  readonly words: Ref<HTMLSpanElement>;
  /** What else can be done. */
  readonly children: ReactNode;
}

/** What a lane is, how many there are, and what of the range is in view. */
export function TimelineBar({ lanes, isWhole, isTable, onTable, onWhole, words, children }: TimelineBarProps) {
  const { t } = useTexts();
  const { group, fit } = usePageState();
  const change = useChangeState();
  return (
    <div className="timeline-bar">
      <div className="segments" role="group" aria-label={t('lanesBy')}>
        {GROUPS.map((each) => (
          <button
            key={each}
            type="button"
            aria-pressed={group === each}
            onClick={() => change({ group: each, open: '' })}
          >
            {t(each)}
          </button>
        ))}
      </div>
      <button
        type="button"
        className="control"
        aria-pressed={fit === '1'}
        title={`${t('fitAll')} (f)`}
        onClick={() => change({ fit: fit === '1' ? '' : '1' })}
      >
        {t('fitAll')}
      </button>
      <button type="button" className="control" aria-pressed={isTable} title={`${t('asTable')} (t)`} onClick={onTable}>
        {t('asTable')}
      </button>
      <span className="lane-total">{lanes === undefined ? '' : t('lanes', { n: lanes })}</span>
      <output className="window-words">
        <span ref={words} />
      </output>
      <button type="button" className="control" title={`${t('wholeRange')} (0)`} disabled={isWhole} onClick={onWhole}>
        {t('wholeRange')}
      </button>
      {children}
    </div>
  );
}
