import { useQuery } from '@tanstack/react-query';
import { ApiProblem } from '../../../src/api/json/client.ts';
import { problemWords } from '../api/problem-words.ts';
import { useKept } from '../api/use-kept.ts';
import { Refused } from '../shell/gate.tsx';
import { useKeys } from '../shell/keys.ts';
import { useChangeState } from '../state/use-page-state.ts';
import { useTexts } from '../text/language.ts';
import { GoneSinks } from './gone-sinks.tsx';
import { sinksQuestion } from './sink-questions.ts';
import { SinkTable } from './sink-table.tsx';
import './sinks.css';

/** Whether what is stored also arrives elsewhere, and what to do where it does not. */
export function Sinks() {
  const { t } = useTexts();
  const change = useChangeState();
  const { data, error, refetch } = useQuery(sinksQuestion);
  const answer = useKept(data);
  useKeys({ Escape: () => change({ sink: '' }) });
  const status = error instanceof ApiProblem ? error.details.status : undefined;
  const isRefused = status === 403 || status === 501;
  if (error instanceof ApiProblem && status === 401) return <Refused problem={error.details} />;
  return (
    <main className="sinks-view" id="content">
      <h1 className="visually-hidden">{t('sinks')}</h1>
      {error && <Problem error={error} {...(!isRefused && { onRetry: () => void refetch() })} />}
      {isRefused ? null : !answer ? (
        !error && <p className="sinks-loading">{t('loading')}</p>
      ) : answer.data.length === 0 ? (
        <p className="sinks-empty">{t('noSinks')}</p>
      ) : (
        <SinkTable sinks={answer.data} isOld={error !== null} />
      )}
      {!isRefused && answer && <GoneSinks sinks={answer.data} />}
    </main>
  );
}

function Problem({ error, onRetry }: { readonly error: Error; readonly onRetry?: () => void }) {
  const texts = useTexts();
  const problem = problemWords(error, texts);
  return (
    <p className="left-out" role="alert">
      {onRetry ? texts.t('failed', { problem }) : problem}{' '}
      {onRetry && (
        <button type="button" className="link" onClick={onRetry}>
          {texts.t('retry')}
        </button>
      )}
    </p>
  );
}
