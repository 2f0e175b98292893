import { useInfiniteQuery } from '@tanstack/react-query';
import { Fragment, useEffect, useRef } from 'react';
import { Stopped } from '../answer/stopped.tsx';
import { problemWords, queryProblem } from '../api/problem-words.ts';
import type { EventRow } from '../api/questions.ts';
import { LIVE_EVERY_MS } from '../api/use-histogram.ts';
import { useKept } from '../api/use-kept.ts';
import { Message } from '../message/message.tsx';
import { Name } from '../message/name.tsx';
import { SeverityMark } from '../message/severity-mark.tsx';
import { useKeys } from '../shell/keys.ts';
import { useChangeState, useClock, usePageState } from '../state/use-page-state.ts';
import { useTexts } from '../text/language.ts';
import type { Clock } from '../time/clock.ts';
import type { ObjectPlace } from './object-address.ts';
import { useOpenObject } from './object-link.tsx';
import { storyQuestion } from './object-question.ts';
import './story.css';

interface StoryProps {
  readonly place: ObjectPlace;
  readonly isFollowing: boolean;
}

/** What was said about it, newest first. */
export function Story({ place, isFollowing }: StoryProps) {
  const texts = useTexts();
  const { t } = texts;
  const clock = useClock();
  const state = usePageState();
  const change = useChangeState();
  const list = useRef<HTMLOListElement>(null);
  const query = useInfiniteQuery({ ...storyQuestion(place, state), refetchInterval: isFollowing && LIVE_EVERY_MS });
  const { error, hasNextPage, isFetchingNextPage, fetchNextPage, refetch } = query;
  const pages = useKept(query.data)?.pages;
  const rows = pages?.flatMap(({ data }) => data.rows);
  useStoryKeys(rows ?? [], () => void (hasNextPage && !isFetchingNextPage && fetchNextPage()));
  useEffect(() => {
    list.current?.querySelector('[aria-current="true"]')?.scrollIntoView({ block: 'nearest' });
  }, [state.sel]);
  return (
    <section aria-labelledby="story-title">
      <h2 id="story-title">{t('story')}</h2>
      {!rows && !error && <p className="quiet story-loading">{t('loading')}</p>}
      <ol className="story" ref={list}>
        {rows?.map((row, index) => (
          <Fragment key={row.id}>
            {isNewDay(row, rows[index - 1], clock) && <li className="story-day">{clock.date(Date.parse(row.last))}</li>}
            <StoryRow
              row={row}
              isSelected={row.id === state.sel}
              hasObject={row.object.name !== place.name || row.object.kind !== place.kind}
              clock={clock}
              onOpen={(id) => change({ sel: id })}
            />
          </Fragment>
        ))}
      </ol>
      {error && !queryProblem(error) && (
        <p role="alert">
          {t('failed', { problem: problemWords(error, texts) })}{' '}
          <button type="button" className="control" onClick={() => void refetch()}>
            {t('retry')}
          </button>
        </p>
      )}
      <Stopped
        className="left-out"
        before={pages?.at(-1)?.leftOut?.before}
        isBusy={isFetchingNextPage}
        {...(hasNextPage && { onGoOn: () => void fetchNextPage() })}
      />
      {hasNextPage && <Older isBusy={isFetchingNextPage} onMore={() => void fetchNextPage()} />}
    </section>
  );
}

function Older({ isBusy, onMore }: { readonly isBusy: boolean; readonly onMore: () => void }) {
  const { t } = useTexts();
  return (
    <button type="button" className="control" disabled={isBusy} onClick={onMore}>
      {t(isBusy ? 'loadingMore' : 'older')}
    </button>
  );
}

function isNewDay(row: EventRow, before: EventRow | undefined, clock: Clock): boolean {
  const day = (each: EventRow) => clock.startOfDay(Date.parse(each.last));
  return before === undefined || day(row) !== day(before);
}

interface StoryRowProps {
  readonly row: EventRow;
  readonly isSelected: boolean;
  readonly hasObject: boolean;
  readonly clock: Clock;
  readonly onOpen: (id: string) => void;
}

function StoryRow({ row, isSelected, hasObject, clock, onOpen }: StoryRowProps) {
  const { t, number, duration } = useTexts();
  const [first, last] = [Date.parse(row.first), Date.parse(row.last)];
  return (
    <li>
      <button
        type="button"
        className="story-row"
        data-severity={row.severity}
        aria-current={isSelected}
        onClick={() => onOpen(row.id)}
      >
        <time className="story-time" dateTime={row.last} title={clock.stamp(last)}>
          {clock.time(last)}
        </time>
        <SeverityMark severity={row.severity} />
        <span className="story-text">
          <b>
            <Message text={row.reason} />
          </b>{' '}
          {row.count > 1 && (
            <span className="story-count">
              {t('timesOver', { count: number(row.count), duration: duration(last - first) })}
            </span>
          )}{' '}
          {hasObject && (
            <span className="story-object">
              <Message text={row.object.kind} /> <Name name={row.object.name} />
            </span>
          )}{' '}
          <Message text={row.message} />
        </span>
      </button>
    </li>
  );
}

/** The next and the one before, and what the pinned one is about. */
function useStoryKeys(rows: readonly EventRow[], onEnd: () => void): void {
  const { sel } = usePageState();
  const change = useChangeState();
  const open = useOpenObject();
  const selected = rows.findIndex(({ id }) => id === sel);
  const step = (by: number) => {
    const next = rows[Math.min(Math.max(selected + by, 0), rows.length - 1)];
    if (next) change({ sel: next.id });
    if (selected + by >= rows.length - 1) onEnd();
  };
  useKeys({
    j: () => step(1),
    k: () => step(-1),
    o: () => open(rows[selected]),
  });
}
