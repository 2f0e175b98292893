import { useState } from 'react';
import { useChangeState, useClock, usePageState } from '../state/use-page-state.ts';
import { useTexts } from '../text/language.ts';
import { type AskedRange, PRESETS, preset, presetOf, rangeOf, type TimeRange, typedTime } from '../time/time-range.ts';
import { useNow } from '../time/use-now.ts';
import { Icon } from './icon.tsx';
import { Popover, useClosePopover } from './popover.tsx';
import { RangeNotes } from './range-notes.tsx';
import './range-picker.css';

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
  const change = useChangeState();
  const onDone = useClosePopover();
  const ask = (asked: AskedRange) => {
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
      <TypedRange onAsk={ask} />
    </div>
  );
}

function TypedRange({ onAsk }: { readonly onAsk: (asked: AskedRange) => void }) {
  const { t } = useTexts();
  const state = usePageState();
  const clock = useClock();
  const [now] = useState(Date.now);
  const range = rangeOf(state, now);
  const isoIn = (ms: number) => new Date(ms + clock.offsetAt(ms)).toISOString().slice(0, 19).replace('T', ' ');
  const [from, setFrom] = useState(state.from.startsWith('now') ? state.from : isoIn(range.from));
  const [to, setTo] = useState(state.to.startsWith('now') ? state.to : isoIn(range.to));
  const typed = { from: typedTime(from, clock, now), to: typedTime(to, clock, now) };
  const asked = isComplete(typed) ? typed : undefined;
  const isBackward = asked !== undefined && !isForward(rangeOf(asked, now));
  const problem = !asked ? t('timeUnknown') : isBackward ? t('fromAfterTo') : undefined;
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        if (asked && !isBackward) onAsk(asked);
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
      <p role="status">
        {problem ?? t('timeFormats', { zone: clock.zone })}
        {asked && !isBackward && <RangeNotes asked={asked} now={now} />}
      </p>
      <button type="submit" className="control primary" disabled={problem !== undefined}>
        {t('apply')}
      </button>
    </form>
  );
}

function isComplete(typed: { readonly [Name in keyof AskedRange]: string | undefined }): typed is AskedRange {
  return typed.from !== undefined && typed.to !== undefined;
}

function isForward({ from, to }: TimeRange): boolean {
  return from < to;
}
