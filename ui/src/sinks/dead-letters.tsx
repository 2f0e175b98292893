import { useInfiniteQuery, useQueryClient } from '@tanstack/react-query';
import { useEffect, useState } from 'react';
import { problemWords } from '../api/problem-words.ts';
import { Name } from '../message/name.tsx';
import { useCopy } from '../share/use-copy.ts';
import { Ask } from '../shell/ask.tsx';
import { useTexts } from '../text/language.ts';
import { DeadLetterRow } from './dead-letter-row.tsx';
import { dropLetters, retryLetters, retryName, writtenLetters } from './dead-letter-work.ts';
import { deadLetterCountsQuestion, deadLettersQuestion, type LetterSink, sinksQuestion } from './sink-questions.ts';
import { useWork } from './use-work.ts';
import { work } from './work.ts';
import { WorkProgress } from './work-progress.tsx';
import './dead-letters.css';

interface DeadLettersProps {
  readonly sink: LetterSink;
  readonly mayOperate: boolean;
  /** It is not configured any more: there is nobody to send them to. */
  readonly isGone?: boolean;
}

/** What the sink will never take as it is: to be sent again, forgotten or taken along. */
export function DeadLetters({ sink, mayOperate, isGone = false }: DeadLettersProps) {
  const texts = useTexts();
  const { t } = texts;
  const { data, error, hasNextPage, fetchNextPage, refetch } = useInfiniteQuery(deadLettersQuestion(sink.name));
  const [chosen, setChosen] = useState<ReadonlySet<number>>(new Set());
  // How many there are is told with the sinks; what they are is asked when that changes.
  useEffect(() => void refetch(), [sink.deadLetters, refetch]);
  const letters = data?.pages.flatMap((page) => page.data.rows) ?? [];
  const own = letters.filter(({ id }) => chosen.has(id));
  const choose = (id: number) =>
    setChosen((before) => new Set(before.has(id) ? [...before].filter((one) => one !== id) : [...before, id]));
  return (
    <section className="dead-letters">
      {isGone ? (
        <h3>
          <Name name={sink.name} /> · {t('deadLettersOf', { n: sink.deadLetters })}
        </h3>
      ) : (
        <h2>{t('deadLettersOf', { n: sink.deadLetters })}</h2>
      )}
      {error && <p role="alert">{t('failed', { problem: problemWords(error, texts) })}</p>}
      <WorkProgress name={retryName(sink.name)} title="retry" />
      {data && letters.length === 0 && <p className="quiet">{t('noDeadLetters')}</p>}
      {letters.length > 0 && (
        <>
          <div className="letter-actions">
            <label>
              <input
                type="checkbox"
                checked={own.length === letters.length}
                ref={(box) => {
                  if (box) box.indeterminate = own.length > 0 && own.length < letters.length;
                }}
                onChange={() => setChosen(new Set(own.length === letters.length ? [] : letters.map(({ id }) => id)))}
              />
              {t('chooseAll', { n: letters.length })}
            </label>
            <LetterActions sink={sink.name} ids={own.map(({ id }) => id)} mayOperate={mayOperate} isGone={isGone} />
          </div>
          <ol className="letters">
            {letters.map((letter) => (
              <DeadLetterRow key={letter.id} letter={letter} isChosen={chosen.has(letter.id)} onChoose={choose} />
            ))}
          </ol>
        </>
      )}
      {hasNextPage && (
        <button type="button" className="control" onClick={() => void fetchNextPage()}>
          {t('loadMore')}
        </button>
      )}
    </section>
  );
}

interface LetterActionsProps {
  readonly sink: string;
  readonly ids: readonly number[];
  readonly mayOperate: boolean;
  readonly isGone: boolean;
}

function LetterActions({ sink, ids, mayOperate, isGone }: LetterActionsProps) {
  const texts = useTexts();
  const { t } = texts;
  const queries = useQueryClient();
  const copy = useCopy();
  const isRetrying = useWork(retryName(sink))?.isRunning === true;
  const n = ids.length;
  const refresh = () =>
    Promise.all(
      [deadLettersQuestion(sink), deadLetterCountsQuestion, sinksQuestion].map(({ queryKey }) =>
        queries.invalidateQueries({ queryKey }),
      ),
    );
  const retry = async () => {
    await work(retryName(sink), retryLetters(sink, ids), (error) => problemWords(error, texts));
    await refresh();
  };
  const drop = async () => {
    try {
      await dropLetters(sink, ids);
    } finally {
      // Some may be gone when others are not.
      await refresh();
    }
  };
  return (
    <>
      {mayOperate && (
        <>
          {!isGone && (
            <button type="button" className="control" disabled={n === 0 || isRetrying} onClick={() => void retry()}>
              {n === 0 ? t('retry') : t('retryLetters', { n })}
            </button>
          )}
          <Ask
            button={n === 0 ? t('drop') : t('dropLetters', { n })}
            isDisabled={n === 0 || isRetrying}
            title={t('dropTitle', { n })}
            words={t('dropWords', { sink })}
            onYes={drop}
          />
        </>
      )}
      <button type="button" className="control" disabled={n === 0} onClick={() => copy(writtenLetters(ids))}>
        {n === 0 ? t('copy') : t('copyLetters', { n })}
      </button>
    </>
  );
}
