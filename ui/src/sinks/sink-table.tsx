import { Fragment } from 'react';
import { Message } from '../message/message.tsx';
import { Name } from '../message/name.tsx';
import { useChangeState, useClock, usePageState } from '../state/use-page-state.ts';
import { useTexts } from '../text/language.ts';
import { SinkDetails } from './sink-details.tsx';
import type { Sink } from './sink-questions.ts';
import { SinkState } from './sink-state.tsx';

const COLUMNS = 7;

interface SinkTableProps {
  readonly sinks: readonly Sink[];
  /** The last answer did not come. */
  readonly isOld: boolean;
}

/** A row a sink; one of them may be open. */
export function SinkTable({ sinks, isOld }: SinkTableProps) {
  const { t } = useTexts();
  const { sink: open } = usePageState();
  return (
    <table className="sinks" data-old={isOld}>
      <caption className="visually-hidden">{t('sinks')}</caption>
      <thead>
        <tr>
          {(['state', 'name', 'kindOfSink', 'lag', 'rate', 'deadLetters', 'lastProblem'] as const).map((key) => (
            <th key={key} scope="col" data-column={key}>
              {t(key)}
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {sinks.map((sink) => (
          <Fragment key={sink.name}>
            <Row sink={sink} isOpen={sink.name === open} />
            {sink.name === open && (
              <tr className="sink-opened">
                <td colSpan={COLUMNS} id="sink-details">
                  <SinkDetails sink={sink} />
                </td>
              </tr>
            )}
          </Fragment>
        ))}
      </tbody>
    </table>
  );
}

function Row({ sink, isOpen }: { readonly sink: Sink; readonly isOpen: boolean }) {
  const { t, duration, number } = useTexts();
  const clock = useClock();
  const change = useChangeState();
  const { name, type, state, lagRecords, lagMs, rate, deadLetters, missed, lastFailure } = sink;
  const toggle = () => change({ sink: isOpen ? '' : name });
  return (
    <tr className="sink-row" data-open={isOpen} onClick={toggle}>
      <td data-label={t('state')}>
        <SinkState state={state} />
      </td>
      <th scope="row">
        <button
          type="button"
          className="sink-name"
          aria-expanded={isOpen}
          aria-controls={isOpen ? 'sink-details' : undefined}
          onClick={(event) => {
            event.stopPropagation();
            toggle();
          }}
        >
          <Name name={name} />
        </button>
      </th>
      <td data-label={t('kindOfSink')}>{type}</td>
      <td data-label={t('lag')} data-column="lag">
        {lagRecords === 0
          ? t('noLag')
          : lagMs === 0
            ? t('lagItems', { n: lagRecords })
            : t('lagAge', { n: lagRecords, age: duration(lagMs) })}
      </td>
      <td data-label={t('rate')} data-column="rate">
        {t('perSecond', { rate: number(Math.round(rate * 10) / 10) })}
      </td>
      <td data-label={t('deadLetters')} data-column="deadLetters" data-some={deadLetters > 0}>
        {number(deadLetters)}
      </td>
      <td data-label={t('lastProblem')} className="sink-problem">
        {lastFailure ? (
          <>
            <span>{clock.stamp(Date.parse(lastFailure.at))}</span> <Message text={lastFailure.problem} />
          </>
        ) : (
          <span>{t('noProblem')}</span>
        )}
        {missed > 0 && <b>{t('missedRecords', { n: missed })}</b>}
      </td>
    </tr>
  );
}
