import { useQueries } from '@tanstack/react-query';
import { Missing } from '../answer/left-out.tsx';
import { problemWords } from '../api/problem-words.ts';
import { aroundQuestion, type FullEvent } from '../api/questions.ts';
import { Message } from '../message/message.tsx';
import { Name } from '../message/name.tsx';
import { SeverityMark } from '../message/severity-mark.tsx';
import { useChangeState, usePageState } from '../state/use-page-state.ts';
import { useTexts } from '../text/language.ts';
import { around } from './around.ts';

/** What else happened then to the same workload or node. */
export function Around({ event }: { readonly event: FullEvent }) {
  const texts = useTexts();
  const { t, duration } = texts;
  const { ns } = usePageState();
  const change = useChangeState();
  const at = Date.parse(event.last);
  const halves = useQueries({ queries: [aroundQuestion(event, 'before', ns), aroundQuestion(event, 'after', ns)] });
  const answers = halves.flatMap(({ data }) => data ?? []);
  const failed = halves.find(({ error }) => error !== null);
  const rows = around(
    answers.flatMap(({ data }) => data.rows),
    event,
  );
  // The API lists the latest first: of a storm after the event not what was nearest to it.
  const hasMore = answers.some(({ data }) => data.next !== undefined);
  const partial = answers.find(({ leftOut }) => leftOut !== undefined);
  const isAlone = answers.length === halves.length && rows.length === 0 && !hasMore && !partial;
  return (
    <>
      <h3>{t('aroundThen')}</h3>
      {failed?.error && (
        <p role="alert">
          {t('failed', { problem: problemWords(failed.error, texts) })}{' '}
          <button type="button" className="link" onClick={() => void failed.refetch()}>
            {t('retry')}
          </button>
        </p>
      )}
      <Missing answer={partial} />
      {hasMore && <p className="left-out">{t('aroundMore')}</p>}
      {isAlone && <p className="quiet">{t('alone')}</p>}
      <ul className="around">
        {rows.map((row) => {
          const after = Date.parse(row.last) - at;
          return (
            <li key={row.id}>
              <button type="button" onClick={() => change({ sel: row.id })}>
                <span className="around-distance">{`${after < 0 ? '−' : '+'}${duration(Math.abs(after))}`}</span>
                <SeverityMark severity={row.severity} />
                <Message text={row.reason} />
                <Name name={row.object.name} />
              </button>
            </li>
          );
        })}
      </ul>
    </>
  );
}
