import { useQuery } from '@tanstack/react-query';
import { useMemo } from 'react';
import { ApiProblem } from '../../../src/api/json/client.ts';
import { LeftOut } from '../answer/left-out.tsx';
import { problemWords } from '../api/problem-words.ts';
import { useKept } from '../api/use-kept.ts';
import { mergedGaps, missedMs } from '../chart/gaps.ts';
import { Refused } from '../shell/gate.tsx';
import { useClock, usePageState } from '../state/use-page-state.ts';
import { useTexts } from '../text/language.ts';
import { rangeOf } from '../time/time-range.ts';
import { useNow } from '../time/use-now.ts';
import { breakRows, gapsOf } from './break-list.ts';
import { BreakTable } from './break-table.tsx';
import { calendarOf, calendarRange, knownRange, watchedShare } from './calendar.ts';
import { Calendar } from './calendar.tsx';
import { type CoverageAnswer, coverageQuestion } from './coverage-question.ts';
import { ScopeTabs } from './scope-tabs.tsx';
import { chosenGroup, scopeGroups } from './scopes.ts';
import './coverage.css';

/** Whether anybody was looking: day by day, hour by hour, and why not. */
export function Coverage() {
  const texts = useTexts();
  const { t } = texts;
  const state = usePageState();
  const clock = useClock();
  const now = useNow(60_000);
  const range = calendarRange(rangeOf(state, now), clock);
  const { data, error, refetch } = useQuery(coverageQuestion(range, state, now));
  const answer = useKept(data);
  if (error instanceof ApiProblem && [401, 403].includes(error.details.status))
    return <Refused problem={error.details} />;
  return (
    <main className="coverage-view" id="content">
      <h1 className="visually-hidden">{t('coverage')}</h1>
      {error && (
        <p className="left-out" role="alert">
          {t('failed', { problem: problemWords(error, texts) })}{' '}
          <button type="button" className="link" onClick={() => void refetch()}>
            {t('retry')}
          </button>
        </p>
      )}
      <LeftOut answer={answer} />
      {answer ? <Watched answer={answer} /> : !error && <p className="coverage-loading">{t('loading')}</p>}
    </main>
  );
}

function Watched({ answer }: { readonly answer: CoverageAnswer }) {
  const { t } = useTexts();
  const { scope: named } = usePageState();
  const groups = useMemo(() => scopeGroups(answer.data.scopes), [answer]);
  const group = chosenGroup(groups, named);
  const [scope] = group?.scopes ?? [];
  if (!group || !scope) return <p className="coverage-empty">{t('coverageEmpty')}</p>;
  return (
    <>
      {groups.length > 1 && <ScopeTabs groups={groups} chosen={group} />}
      <ScopeCoverage key={group.id} answer={answer} scope={scope} />
    </>
  );
}

interface ScopeCoverageProps {
  readonly answer: CoverageAnswer;
  readonly scope: CoverageAnswer['data']['scopes'][number];
}

function ScopeCoverage({ answer, scope }: ScopeCoverageProps) {
  const { t, percent, duration } = useTexts();
  const clock = useClock();
  const shown = useMemo(() => {
    const began = answer.leftOut?.began?.find(
      (one) => one.cluster === scope.cluster && (one.namespace ?? scope.scope) === scope.scope,
    );
    const from = Math.max(Date.parse(answer.range.from), began ? Date.parse(began.at) : 0);
    const range = { from, to: Date.parse(answer.range.to) };
    const gaps = gapsOf(scope, answer.coverage.gaps);
    const known = knownRange(gaps, range);
    if (!known) return undefined;
    const merged = mergedGaps(gaps, known);
    const rows = breakRows(scope, answer.coverage.gaps, known);
    const days = calendarOf({ start: Date.parse(answer.data.start), gaps, ...scope }, known, clock);
    return { range, known, rows, days, share: watchedShare(gaps, known), merged, missed: missedMs(merged, known) };
  }, [answer, scope, clock]);
  if (!shown) return <p className="coverage-empty">{t('coverageNever')}</p>;
  const { range, known, rows, days, share, merged, missed } = shown;
  return (
    <>
      <p className="coverage-summary" role="status">
        <b>{t('watchedShare', { share: percent(share) })}</b> {t('watchedSince', { time: clock.stamp(known.from) })}
        {merged.length > 0 && <span>{t('gaps', { n: merged.length, duration: duration(missed) })}</span>}
      </p>
      <Calendar days={days} rows={rows} />
      {known.from > range.from && (
        <p className="coverage-note">{t('notKnownBefore', { time: clock.stamp(known.from) })}</p>
      )}
      <BreakTable rows={rows} />
    </>
  );
}
