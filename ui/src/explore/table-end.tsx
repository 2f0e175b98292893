import { useQuery } from '@tanstack/react-query';
import { Stopped } from '../answer/stopped.tsx';
import { problemWords, queryProblem } from '../api/problem-words.ts';
import { metaQuestion } from '../api/questions.ts';
import { mergedGaps, missedMs } from '../chart/gaps.ts';
import { useChangeState, useClock, usePageState } from '../state/use-page-state.ts';
import { useTexts } from '../text/language.ts';
import { preset } from '../time/time-range.ts';
import type { useRows } from './use-rows.ts';

/** What follows the last row: more, nothing more, or why there is none. */
export function TableEnd({ listing }: { readonly listing: ReturnType<typeof useRows> }) {
  const texts = useTexts();
  const { t } = texts;
  const { rows, answer, error, isFetching, isRanked, hasNextPage, stoppedAt, goOn, refetch } = listing;
  if (error && !queryProblem(error)) {
    return (
      <div className="table-end" role="alert">
        <p>{t('failed', { problem: problemWords(error, texts) })}</p>
        <button type="button" className="control" onClick={() => void refetch()}>
          {t('retry')}
        </button>
      </div>
    );
  }
  if (hasNextPage && !isRanked && stoppedAt !== undefined)
    return <Stopped className="table-end" before={stoppedAt} isBusy={isFetching} onGoOn={goOn} />;
  if (rows.length === 0)
    return answer && !isFetching ? <Nothing answer={answer} /> : <p className="table-end">{t('loading')}</p>;
  return <p className="table-end">{hasNextPage ? t('loadingMore') : <EndOfRange from={answer?.range.from} />}</p>;
}

function Nothing({ answer }: { readonly answer: NonNullable<ReturnType<typeof useRows>['answer']> }) {
  const { t, duration } = useTexts();
  const { q } = usePageState();
  const change = useChangeState();
  const range = { from: Date.parse(answer.range.from), to: Date.parse(answer.range.to) };
  const missed = missedMs(mergedGaps(answer.coverage.gaps, range), range);
  return (
    <div className="table-end nothing">
      <p>
        {missed > 0 ? t('nothingButGap', { duration: duration(missed) }) : t(q === '' ? 'nothing' : 'nothingMatched')}
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

function EndOfRange({ from }: { readonly from: string | undefined }) {
  const { t } = useTexts();
  const clock = useClock();
  const { data } = useQuery(metaQuestion);
  const retentionFrom = data?.data.retentionFrom;
  if (retentionFrom !== undefined && from !== undefined && from < retentionFrom)
    return t('endOfRetention', { time: clock.stamp(Date.parse(retentionFrom)) });
  return t('endOfRange');
}
