import { useQuery, useQueryClient } from '@tanstack/react-query';
import { type UIEvent, useMemo } from 'react';
import { ApiProblem } from '../../../src/api/json/client.ts';
import { LeftOut } from '../answer/left-out.tsx';
import { problemWords, queryProblem } from '../api/problem-words.ts';
import { metaQuestion } from '../api/questions.ts';
import { missedMs } from '../chart/gaps.ts';
import { Drawer } from '../drawer/drawer.tsx';
import { useLive } from '../live/live.tsx';
import { useCopyLink } from '../share/use-copy-link.ts';
import { Refused } from '../shell/gate.tsx';
import { useKeys } from '../shell/keys.ts';
import { useChangeState, useClock, usePageState } from '../state/use-page-state.ts';
import { useTexts } from '../text/language.ts';
import { preset } from '../time/time-range.ts';
import { IncarnationTable } from './incarnation-table.tsx';
import { LivesPanel } from './lives-panel.tsx';
import type { ObjectPlace } from './object-address.ts';
import type { ObjectAnswer } from './object-question.ts';
import { stepsOf } from './object-steps.ts';
import { ObjectTitle } from './object-title.tsx';
import { ReasonRows } from './reason-rows.tsx';
import { Siblings } from './relatives.tsx';
import { Story } from './story.tsx';
import { Strip } from './strip.tsx';
import { useObject } from './use-object.ts';
import { usePlace } from './use-place.ts';
import '../explore/explore.css';
import './object.css';

/** One object, or a workload with all that belongs to it: how well it was, its lives, and what was said about it. */
export function ObjectPage() {
  const place = usePlace();
  // Of another object nothing stays.
  return place && <ObjectView key={JSON.stringify(place)} place={place} />;
}

function ObjectView({ place }: { readonly place: ObjectPlace }) {
  const state = usePageState();
  const { isFollowing, pause } = useLive();
  const { answer, error, isFetching, ...way } = useObject(place);
  const steps = useMemo(() => answer && stepsOf(answer, answer.data.reasons), [answer]);
  const { t } = useTexts();
  useObjectKeys();
  if (error instanceof ApiProblem && [401, 403].includes(error.details.status))
    return <Refused problem={error.details} />;
  const onScroll = (event: UIEvent<HTMLElement>) => {
    // Who reads further down is not moved by what comes in above.
    if (isFollowing && event.currentTarget.scrollTop > 0) pause();
  };
  return (
    <main className="object" data-drawer={state.sel !== ''}>
      <article className="object-page" id="content" tabIndex={-1} onScroll={onScroll}>
        <ObjectTitle place={place} answer={answer} />
        <Trouble error={error} />
        <LeftOut answer={answer} isBusy={isFetching} {...way} />
        <div className="object-row">
          <span className="row-label">{t('state')}</span>
          <Strip kind="state" steps={steps} label={t('stateOverTime')} />
        </div>
        {answer && answer.data.occurrences === 0 && <Nothing answer={answer} />}
        {answer && <IncarnationTable place={place} answer={answer} />}
        {answer && answer.data.occurrences > 0 && <LivesPanel answer={answer} />}
        {answer && <ReasonRows answer={answer} />}
        {answer?.data.occurrences !== 0 && <Story place={place} isFollowing={isFollowing} />}
        {answer && <Related place={place} answer={answer} />}
      </article>
      {state.sel !== '' && <Drawer id={state.sel} />}
    </main>
  );
}

function useObjectKeys(): void {
  const change = useChangeState();
  const copyLink = useCopyLink();
  useKeys({ e: copyLink, Escape: () => change({ sel: '' }) });
}

/** What is below a part of a workload, or beside it. */
function Related({ place, answer }: { readonly place: ObjectPlace; readonly answer: ObjectAnswer }) {
  const workload = answer.data.owners.at(-1);
  return workload && <Siblings place={place} workload={workload} />;
}

function Trouble({ error }: { readonly error: Error | null }) {
  const texts = useTexts();
  const queries = useQueryClient();
  if (!error || queryProblem(error)) return null;
  // What failed for one part of the page mostly failed for the others.
  const retry = () => {
    void queries.refetchQueries({ type: 'active', predicate: ({ state }) => state.status === 'error' });
  };
  return (
    <p className="left-out" role="alert">
      {texts.t('failed', { problem: problemWords(error, texts) })}{' '}
      <button type="button" className="link" onClick={retry}>
        {texts.t('retry')}
      </button>
    </p>
  );
}

/** Nothing happened, nobody looked, or nothing so old is kept: three different answers. */
function Nothing({ answer }: { readonly answer: ObjectAnswer }) {
  const { t, duration } = useTexts();
  const clock = useClock();
  const { q } = usePageState();
  const change = useChangeState();
  const { data } = useQuery(metaQuestion);
  const { range, gaps } = stepsOf(answer, []);
  const missed = missedMs(gaps, range);
  const kept = Date.parse(data?.data.retentionFrom ?? '');
  return (
    <div className="object-nothing">
      <p>
        {kept > range.to
          ? t('endOfRetention', { time: clock.stamp(kept) })
          : missed > 0
            ? t('nothingButGap', { duration: duration(missed) })
            : t(q === '' ? 'nothing' : 'nothingMatched')}
      </p>
      <p>
        {q !== '' && (
          <button type="button" className="control" onClick={() => change({ q: '' })}>
            {t('clear')}
          </button>
        )}
        <button type="button" className="control" onClick={() => change(preset('7d'))}>
          {t('widen')}
        </button>
      </p>
    </div>
  );
}
