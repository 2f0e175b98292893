import { useState } from 'react';
import { SEVERITIES } from '../../../src/core/severity.ts';
import { termsOf } from '../../../src/lang/short-form-terms.ts';
import { LeftOut } from '../answer/left-out.tsx';
import { problemWords, queryProblem } from '../api/problem-words.ts';
import { missedMs } from '../chart/gaps.ts';
import { Drawer } from '../drawer/drawer.tsx';
import { FacetSheet } from '../facets/facet-sheet.tsx';
import { SeverityMark } from '../message/severity-mark.tsx';
import { ShareMenu } from '../share/share-menu.tsx';
import { useChangeState, usePageState } from '../state/use-page-state.ts';
import { useTexts } from '../text/language.ts';
import { preset, type TimeRange } from '../time/time-range.ts';
import { windowOf, windowText } from './time-window.ts';
import { TimelineBar } from './timeline-bar.tsx';
import type { TimelineChart } from './timeline-chart.ts';
import { TimelinePanel } from './timeline-panel.tsx';
import { TimelineTable } from './timeline-table.tsx';
import { useTimeline } from './use-timeline.ts';
import { useTimelineKeys } from './use-timeline-keys.ts';
import { useWindowWords } from './use-window-words.ts';
import '../explore/explore.css';
import './lane-labels.css';
import './timeline.css';

/** When, to whom, beside what else: a lane for each workload, node or namespace. */
export function Timeline() {
  const { t } = useTexts();
  const { q, sel, win } = usePageState();
  const change = useChangeState();
  const timeline = useTimeline();
  const [showsFilters, setShowsFilters] = useState(false);
  const [isTable, setIsTable] = useState(false);
  const [chart, setChart] = useState<TimelineChart | null>(null);
  const { output, onMove } = useWindowWords();
  const toggleTable = () => setIsTable(!isTable);
  useTimelineKeys(chart, toggleTable);
  const filters = termsOf(q).length;
  return (
    <main className="explore timeline" data-drawer={sel !== ''}>
      <FacetSheet isOpen={showsFilters} onClose={() => setShowsFilters(false)} />
      <section className="events">
        <TimelineBar
          lanes={timeline.base?.lanes.filter(({ parent }) => parent === undefined).length}
          isWhole={!timeline.range || windowText(windowOf(win, timeline.range), timeline.range) === ''}
          isTable={isTable}
          onTable={toggleTable}
          onWhole={() => (chart ? chart.goTo(undefined) : change({ win: '' }))}
          words={output}
        >
          <button type="button" className="control show-filters" onClick={() => setShowsFilters(true)}>
            {filters > 0 ? t('filtersOn', { n: filters }) : t('filters')}
          </button>
          <ShareMenu />
        </TimelineBar>
        <Problem timeline={timeline} />
        <LeftOut answer={timeline.answer} isBusy={timeline.isFetching} onGoOn={timeline.goOn} />
        <Unlocated pods={timeline.answer?.data.unlocated} />
        <Content timeline={timeline} isTable={isTable} onMove={onMove} onDrawn={setChart} />
        <Legend />
      </section>
      {sel !== '' && <Drawer id={sel} />}
    </main>
  );
}

interface ContentProps {
  readonly timeline: ReturnType<typeof useTimeline>;
  readonly isTable: boolean;
  readonly onMove: (window: TimeRange) => void;
  readonly onDrawn: (chart: TimelineChart | null) => void;
}

function Content({ timeline, isTable, onMove, onDrawn }: ContentProps) {
  const { t } = useTexts();
  const { win } = usePageState();
  const { answer, base, closer, range, gaps, error } = timeline;
  if (!base || !range) return <p className="table-end lanes-none">{error ? '' : t('loading')}</p>;
  // Where the time was up, that is said above: whether anything happened is not known.
  if (base.time.length === 0)
    return answer?.leftOut?.before === undefined && <Nothing missed={missedMs(gaps, range)} />;
  if (isTable) return <TimelineTable data={closer?.data ?? base} window={windowOf(win, range)} />;
  return <TimelinePanel base={base} closer={closer} range={range} gaps={gaps} onMove={onMove} onDrawn={onDrawn} />;
}

/** Of an opened workload's Pods only so many are looked up. */
function Unlocated({ pods }: { readonly pods: number | undefined }) {
  const { t } = useTexts();
  return pods !== undefined && <p className="quiet unlocated">{t('unlocated', { n: pods })}</p>;
}

function Problem({ timeline: { error, refetch } }: { readonly timeline: ReturnType<typeof useTimeline> }) {
  const texts = useTexts();
  if (!error || queryProblem(error)) return null;
  return (
    <p className="left-out" role="alert">
      {texts.t('failed', { problem: problemWords(error, texts) })}{' '}
      <button type="button" className="link" onClick={() => void refetch()}>
        {texts.t('retry')}
      </button>
    </p>
  );
}

/** Nothing happened, and nobody looked, are two things. */
function Nothing({ missed }: { readonly missed: number }) {
  const { t, duration } = useTexts();
  const { q } = usePageState();
  const change = useChangeState();
  return (
    <div className="table-end nothing" id="content">
      <p>{missed > 0 ? t('nothingButGap', { duration: duration(missed) }) : t('nothing')}</p>
      <p>
        {q !== '' && (
          <button type="button" className="control" onClick={() => change({ q: '' })}>
            {t('clear')}
          </button>
        )}
        <button type="button" className="control" onClick={() => change({ ...preset('7d'), win: '' })}>
          {t('widen')}
        </button>
      </p>
    </div>
  );
}

function Legend() {
  const { t } = useTexts();
  return (
    <ul className="legend timeline-legend">
      {SEVERITIES.map((severity) => (
        <li key={severity} className="legend-key">
          <SeverityMark severity={severity} isNamed />
          {t(severity)}
        </li>
      ))}
      <li className="legend-key coverage" data-gaps="true">
        <i aria-hidden="true" />
        {t('notWatchedLegend')}
      </li>
    </ul>
  );
}
