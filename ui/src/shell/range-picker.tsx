import { useState } from 'react';
import { useChangeState, useClock, usePageState } from '../state/use-page-state.ts';
import { useTexts } from '../text/language.ts';
import { instantOf, PRESETS, preset, presetOf, rangeOf, typedTime } from '../time/time-range.ts';
import { useNow } from '../time/use-now.ts';
import { Icon } from './icon.tsx';
import { Popover, useClosePopover } from './popover.tsx';

export function RangePicker() {
  const { t, span } = useTexts();
  const state = usePageState();
  const clock = useClock();
  const shown = presetOf(state);
  const { from, to } = rangeOf(state, useNow(60_000));
  return (
    <Popover
      className="range-picker"
      label={t('range')}
      button={
        <>
          <Icon name="clock" />
          <span>{shown === undefined ? clock.span(from, to) : t('lastDuration', { duration: span(shown) })}</span>
        </>
      }
    >
      <RangeForm />
    </Popover>
  );
}

function RangeForm() {
  const { t, span } = useTexts();
  const state = usePageState();
  const clock = useClock();
  const change = useChangeState();
  const [now] = useState(Date.now);
  const onDone = useClosePopover();
  const range = rangeOf(state, now);
  const isoIn = (ms: number) => new Date(ms + clock.offsetAt(ms)).toISOString().slice(0, 19).replace('T', ' ');
  const [from, setFrom] = useState(state.from.startsWith('now') ? state.from : isoIn(range.from));
  const [to, setTo] = useState(state.to.startsWith('now') ? state.to : isoIn(range.to));
  const typed = { from: typedTime(from, clock, now), to: typedTime(to, clock, now) };
  const isBackward =
    (instantOf(typed.from ?? '', now) ?? 0) >= (instantOf(typed.to ?? '', now) ?? Number.POSITIVE_INFINITY);
  const problem =
    typed.from === undefined || typed.to === undefined ? t('timeUnknown') : isBackward ? t('fromAfterTo') : undefined;
  const ask = (asked: { readonly from: string; readonly to: string }) => {
    change({ ...asked, win: '' });
    onDone();
  };
  return (
    <div className="range-form">
      <ul className="presets">
        {PRESETS.map((name, index) => (
          <li key={name}>
            <button type="button" aria-pressed={presetOf(state) === name} onClick={() => ask(preset(name))}>
              {t('lastDuration', { duration: span(name) })}
              <kbd aria-hidden="true">{index + 1}</kbd>
            </button>
          </li>
        ))}
      </ul>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          if (typed.from !== undefined && typed.to !== undefined && !isBackward)
            ask({ from: typed.from, to: typed.to });
        }}
      >
        <label>
          {t('from')}
          <input
            value={from}
            aria-invalid={typed.from === undefined || isBackward}
            onChange={(event) => setFrom(event.target.value)}
          />
        </label>
        <label>
          {t('to')}
          <input
            value={to}
            aria-invalid={typed.to === undefined || isBackward}
            onChange={(event) => setTo(event.target.value)}
          />
        </label>
        <p role="status">{problem ?? t('timeFormats', { zone: clock.zone })}</p>
        <button type="submit" className="control primary" disabled={problem !== undefined}>
          {t('apply')}
        </button>
      </form>
    </div>
  );
}
