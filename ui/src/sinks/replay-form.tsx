import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { problemWords } from '../api/problem-words.ts';
import { isCel } from '../query/rewrite.ts';
import { Popover, useClosePopover } from '../shell/popover.tsx';
import { useClock, usePageState } from '../state/use-page-state.ts';
import { useTexts } from '../text/language.ts';
import { instantOf, rangeOf, typedTime } from '../time/time-range.ts';
import { countReplay, type ReplayRequest, replayAll, replayName } from './replay.ts';
import { useWork } from './use-work.ts';
import { work } from './work.ts';

/** From when to when, and of what; the button works once it is known how much that is. */
export function ReplayForm({ sink }: { readonly sink: string }) {
  const { t } = useTexts();
  return (
    <Popover className="replay-form" label={t('replayFrom')} button={t('replayFrom')}>
      <Form sink={sink} />
    </Popover>
  );
}

function Form({ sink }: { readonly sink: string }) {
  const texts = useTexts();
  const { t } = texts;
  const state = usePageState();
  const clock = useClock();
  const [now] = useState(Date.now);
  const onDone = useClosePopover();
  const isRunning = useWork(replayName(sink))?.isRunning === true;
  const range = rangeOf(state, now);
  const isoIn = (ms: number) => new Date(ms + clock.offsetAt(ms)).toISOString().slice(0, 19).replace('T', ' ');
  // What has been received meanwhile comes by itself: the end stays where it is.
  const [from, setFrom] = useState(isoIn(range.from));
  const [to, setTo] = useState(isoIn(range.to));
  const [filter, setFilter] = useState(state.q);
  const request = requestOf([typedTime(from, clock, now), typedTime(to, clock, now)], filter, now);
  const { data, error, isFetching } = useQuery({
    queryKey: ['sink', sink, 'replay', request],
    queryFn: ({ signal }) => countReplay(sink, request as ReplayRequest, signal),
    enabled: request !== undefined,
    retry: false,
  });
  const count = error || isFetching ? undefined : data;
  const said =
    request === undefined
      ? t('timeUnknown')
      : error
        ? problemWords(error, texts)
        : count
          ? t(count.atLeast ? 'replayCountAtLeast' : 'replayCount', { n: count.records })
          : t('counting');
  const start = () => {
    if (!request || !count) return;
    const of = count.atLeast ? undefined : count.records;
    void work(replayName(sink), replayAll(sink, request, of), (failure) => problemWords(failure, texts));
    onDone();
  };
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        start();
      }}
    >
      <p>{t('replayWords', { sink })}</p>
      <label>
        {t('from')}
        <input value={from} onChange={(event) => setFrom(event.target.value)} />
      </label>
      <label>
        {t('to')}
        <input value={to} onChange={(event) => setTo(event.target.value)} />
      </label>
      <label>
        {t('search')}
        <input
          value={filter}
          spellCheck={false}
          autoComplete="off"
          onChange={(event) => setFilter(event.target.value)}
        />
      </label>
      <p role="status">{said}</p>
      <button type="submit" className="control primary" disabled={!count || count.records === 0 || isRunning}>
        {count ? t('replayNow', { n: count.records }) : t('replay')}
      </button>
    </form>
  );
}

/** Undefined when it is no range. */
function requestOf(
  [from, to]: readonly (string | undefined)[],
  filter: string,
  now: number,
): ReplayRequest | undefined {
  if (from === undefined || to === undefined || (instantOf(from, now) ?? 0) >= (instantOf(to, now) ?? 0))
    return undefined;
  const text = filter.trim();
  return { from, to, ...(text !== '' && (isCel(text) ? { cel: text.slice(1) } : { q: text })) };
}
