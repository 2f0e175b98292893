import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { problemWords } from '../api/problem-words.ts';
import { metaQuestion } from '../api/questions.ts';
import { tidings } from '../api/tidings.ts';
import { Message } from '../message/message.tsx';
import { useTexts } from '../text/language.ts';
import { DeadLetters } from './dead-letters.tsx';
import { FailureList } from './failure-list.tsx';
import { outcomeWords } from './outcome-words.ts';
import { replayName } from './replay.ts';
import { ReplayForm } from './replay-form.tsx';
import { activityQuestion, type Sink, sinksQuestion } from './sink-questions.ts';
import { Throughput } from './throughput.tsx';
import { WorkProgress } from './work-progress.tsx';

/** What one sink did, what it would not take, and what can be done about it. */
export function SinkDetails({ sink }: { readonly sink: Sink }) {
  const texts = useTexts();
  const { t } = texts;
  const { data: meta } = useQuery(metaQuestion);
  const { data, error } = useQuery(activityQuestion(sink.name));
  const mayOperate = meta?.data.rights.administer === true;
  return (
    <div className="sink-details">
      {mayOperate ? <Actions sink={sink} /> : meta && <p className="quiet">{t('mayNotOperate')}</p>}
      <WorkProgress name={replayName(sink.name)} title="replay" />
      {error && <p role="alert">{t('failed', { problem: problemWords(error, texts) })}</p>}
      <Throughput activity={data?.data} />
      <FailureList failures={data?.data.failures} />
      <DeadLetters sink={sink} mayOperate={mayOperate} />
    </div>
  );
}

function Actions({ sink }: { readonly sink: Sink }) {
  const texts = useTexts();
  const { t } = texts;
  const queries = useQueryClient();
  const [said, setSaid] = useState('');
  const [isBusy, setBusy] = useState(false);
  const { name, state } = sink;
  const act = async (action: () => Promise<string>) => {
    setBusy(true);
    setSaid('');
    try {
      setSaid(await action());
    } catch (error) {
      setSaid(t('failed', { problem: problemWords(error as Error, texts) }));
    }
    setBusy(false);
    await queries.invalidateQueries(sinksQuestion);
  };
  const pause = async () => {
    await tidings.pauseSink(name);
    return t('isPaused');
  };
  const resume = async () => {
    await tidings.resumeSink(name);
    return t('isResumed');
  };
  const test = async () => outcomeWords((await tidings.testSink(name)).data, texts);
  return (
    <>
      <div className="sink-actions">
        <button
          type="button"
          className="control"
          disabled={isBusy}
          onClick={() => void act(state === 'paused' ? resume : pause)}
        >
          {t(state === 'paused' ? 'resume' : 'pause')}
        </button>
        <button type="button" className="control" disabled={isBusy} onClick={() => void act(test)}>
          {t('sendTest')}
        </button>
        <ReplayForm sink={name} />
      </div>
      <p className="sink-said" role="status">
        <Message text={said} />
      </p>
    </>
  );
}
