import { useState } from 'react';
import { DIMENSIONS } from '../../../src/core/dimensions.ts';
import { termsOf } from '../../../src/lang/short-form-terms.ts';
import { LeftOut } from '../answer/left-out.tsx';
import { Summary } from '../answer/summary.tsx';
import { problemWords, queryProblem } from '../api/problem-words.ts';
import { useHistogram } from '../api/use-histogram.ts';
import { Drawer } from '../drawer/drawer.tsx';
import { FacetSheet } from '../facets/facet-sheet.tsx';
import { useFacets } from '../facets/use-facets.ts';
import { ShareMenu } from '../share/share-menu.tsx';
import { useCopyLink } from '../share/use-copy-link.ts';
import { useKeys } from '../shell/keys.ts';
import { useChangeState, usePageState } from '../state/use-page-state.ts';
import { useTexts } from '../text/language.ts';
import { ColumnPicker } from './column-picker.tsx';
import { EventTable } from './event-table.tsx';
import { HistogramPanel } from './histogram-panel.tsx';
import { Legend } from './legend.tsx';
import './explore.css';

/** What happened, when, to what, how often, and whether anybody was watching. */
export function Explore() {
  const texts = useTexts();
  const { t } = texts;
  const { q, sel } = usePageState();
  const { answer, error, refetch, ...histogram } = useHistogram();
  const facets = useFacets();
  const stops = [answer, facets.answer].flatMap((each) => each?.leftOut?.before ?? []);
  const [showsFilters, setShowsFilters] = useState(false);
  useExploreKeys();
  const filters = termsOf(q).length;
  return (
    <main className="explore" data-drawer={sel !== ''}>
      <FacetSheet isOpen={showsFilters} onClose={() => setShowsFilters(false)} />
      <section className="events">
        <div className="strip">
          <Summary answer={answer} total={answer?.data.total} />
          <button type="button" className="control show-filters" onClick={() => setShowsFilters(true)}>
            {filters > 0 ? t('filtersOn', { n: filters }) : t('filters')}
          </button>
          <StackPicker />
          <RowsPicker />
          <ColumnPicker />
          <ShareMenu />
        </div>
        {error && !queryProblem(error) && (
          <p className="left-out" role="alert">
            {t('failed', { problem: problemWords(error, texts) })}{' '}
            <button type="button" className="link" onClick={() => void refetch()}>
              {t('retry')}
            </button>
          </p>
        )}
        <LeftOut
          answer={answer}
          before={stops.toSorted().at(-1)}
          isBusy={histogram.isFetching || facets.isFetching}
          onGoOn={() => {
            histogram.goOn();
            facets.goOn();
          }}
        />
        <HistogramPanel answer={answer} />
        <Legend answer={answer} />
        <EventTable />
      </section>
      {sel !== '' && <Drawer id={sel} />}
    </main>
  );
}

function StackPicker() {
  const { t } = useTexts();
  const { by } = usePageState();
  const change = useChangeState();
  return (
    <label className="stack-picker">
      <span>{t('stackBy')}</span>
      <select
        aria-label={t('stackBy')}
        value={by}
        onChange={(event) => change({ by: DIMENSIONS.find((field) => field === event.target.value) ?? by })}
      >
        {DIMENSIONS.map((field) => (
          <option key={field} value={field}>
            {t(field)}
          </option>
        ))}
      </select>
    </label>
  );
}

function RowsPicker() {
  const { t } = useTexts();
  const { rows } = usePageState();
  const change = useChangeState();
  return (
    <div className="segments" role="group" aria-label={t('rows')}>
      {(['series', 'raw'] as const).map((each) => (
        <button key={each} type="button" aria-pressed={rows === each} onClick={() => change({ rows: each })}>
          {t(each)}
        </button>
      ))}
    </div>
  );
}

function useExploreKeys(): void {
  const { by, rows } = usePageState();
  const change = useChangeState();
  const copyLink = useCopyLink();
  useKeys({
    r: () => change({ rows: rows === 'raw' ? 'series' : 'raw' }),
    s: () => change({ by: DIMENSIONS[(DIMENSIONS.indexOf(by) + 1) % DIMENSIONS.length] ?? by }),
    e: copyLink,
    Escape: () => change({ sel: '' }),
  });
}
