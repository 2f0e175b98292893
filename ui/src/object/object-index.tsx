import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { ApiProblem } from '../../../src/api/json/client.ts';
import { LeftOut } from '../answer/left-out.tsx';
import { Summary } from '../answer/summary.tsx';
import { Times } from '../answer/times.tsx';
import { problemWords, queryProblem } from '../api/problem-words.ts';
import { rangeParameters } from '../api/range-parameters.ts';
import { tidings } from '../api/tidings.ts';
import { useKept } from '../api/use-kept.ts';
import { Message } from '../message/message.tsx';
import { ObjectName } from '../message/name.tsx';
import { Refused } from '../shell/gate.tsx';
import { usePageState } from '../state/use-page-state.ts';
import { useTexts } from '../text/language.ts';
import { ObjectLink, useObjectSearch } from './object-link.tsx';
import '../explore/explore.css';
import './object.css';
import './object-index.css';

/** What has others that belong to it; of a kind that no name tells too. */
const WORKLOADS: ReadonlySet<string> = new Set([
  '',
  'CronJob',
  'DaemonSet',
  'Deployment',
  'Job',
  'ReplicaSet',
  'StatefulSet',
]);
const FIRST = 100;

/** Of what something was heard in the range, the most troubled first: the way to one of them. */
export function ObjectIndex() {
  const texts = useTexts();
  const { t } = texts;
  const [shown, setShown] = useState(FIRST);
  const search = useObjectSearch();
  const query = useLanes();
  const answer = useKept(query.data);
  const { error } = query;
  if (error instanceof ApiProblem && [401, 403].includes(error.details.status))
    return <Refused problem={error.details} />;
  const lanes = answer?.data.lanes ?? [];
  return (
    <main className="object">
      <article className="object-page" id="content" tabIndex={-1}>
        <header className="object-title">
          <Summary answer={answer} total={lanes.reduce((sum, { count }) => sum + count, 0)} />
        </header>
        {error && !queryProblem(error) && (
          <p className="left-out" role="alert">
            {t('failed', { problem: problemWords(error, texts) })}{' '}
            <button type="button" className="link" onClick={() => void query.refetch()}>
              {t('retry')}
            </button>
          </p>
        )}
        <LeftOut answer={answer} />
        <h1 className="index-title">{t('objectsByTrouble')}</h1>
        {answer && answer.leftOut?.before === undefined && lanes.length === 0 && (
          <p className="quiet">{t('nothing')}</p>
        )}
        <ul className="object-index">
          {lanes.slice(0, shown).map(({ id, kind, namespace, name, count }) => (
            <li key={id}>
              <ObjectLink place={{ kind, namespace, name, isWorkload: WORKLOADS.has(kind) }} search={search}>
                <ObjectName namespace={namespace} name={name} />
              </ObjectLink>
              <span className="quiet">{kind === '' ? t('workload') : <Message text={kind} />}</span>
              <span className="row-total">
                <Times n={count} isLower={answer?.lowerBound ?? false} />
              </span>
            </li>
          ))}
        </ul>
        {lanes.length > shown && (
          <button type="button" className="link" onClick={() => setShown(lanes.length)}>
            {t('more', { n: lanes.length - shown })}
          </button>
        )}
      </article>
    </main>
  );
}

/** Those of the timeline, and nothing of what is drawn on them. */
function useLanes() {
  const parameters = { ...rangeParameters(usePageState()), group: 'workload' as const, max: 1 };
  return useQuery({
    queryKey: ['lanes', parameters],
    queryFn: ({ signal }) => tidings.timeline(parameters, { signal }),
    placeholderData: keepPreviousData,
  });
}
