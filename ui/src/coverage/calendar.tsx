import { useNavigate } from '@tanstack/react-router';
import { type KeyboardEvent, type MouseEvent, useMemo, useState } from 'react';
import { writeAddress } from '../state/page-state.ts';
import { useClock, usePageState } from '../state/use-page-state.ts';
import { useTexts } from '../text/language.ts';
import type { Texts } from '../text/texts.ts';
import type { Clock } from '../time/clock.ts';
import { asked } from '../time/time-range.ts';
import { type BreakRow, whyWords } from './break-list.ts';
import type { Day, HourCell } from './calendar.ts';

const HOURS = Array.from({ length: 24 }, (_, hour) => hour);
const STEPS: Readonly<Record<string, readonly [days: number, hours: number]>> = {
  ArrowUp: [-1, 0],
  ArrowDown: [1, 0],
  ArrowLeft: [0, -1],
  ArrowRight: [0, 1],
};

interface CalendarProps {
  readonly days: readonly Day[];
  readonly rows: readonly BreakRow[];
}

/** A row a day, and 24 cells; each leads to its hour. Arrows go from one to the next, so that it is one stop of the focus. */
export function Calendar({ days, rows }: CalendarProps) {
  const texts = useTexts();
  const clock = useClock();
  const latest = days[0]?.cells.findLastIndex((cell) => cell !== undefined) ?? 0;
  const [stop, setStop] = useState({ day: 0, hour: latest });
  const [pointed, setPointed] = useState('');
  const words = useMemo(
    () => days.map(({ cells }) => cells.map((cell) => cell && cellWords(cell, rows, texts, clock))),
    [days, rows, texts, clock],
  );
  const place = days[stop.day]?.cells[stop.hour] ? stop : { day: 0, hour: latest };
  const onPoint = ({ target }: { readonly target: EventTarget }) =>
    setPointed((target instanceof Element && target.closest('a')?.getAttribute('aria-label')) || '');
  return (
    <>
      {/* oxlint-disable-next-line jsx-a11y/interactive-supports-focus -- one of its cells has the focus */}
      <div
        className="calendar"
        role="grid"
        aria-label={texts.t('calendar')}
        aria-colcount={25}
        onKeyDown={(event) => moveFocus(event)}
        onFocus={(event) => {
          onPoint(event);
          const { day, hour } = event.target.dataset;
          if (day !== undefined) setStop({ day: Number(day), hour: Number(hour) });
        }}
        onMouseOver={onPoint}
        onMouseLeave={() => setPointed('')}
      >
        <div className="calendar-hours" role="row">
          <span role="columnheader">
            <span className="visually-hidden">{texts.t('day')}</span>
          </span>
          {HOURS.map((hour) => (
            <span key={hour} role="columnheader">
              {hour}
            </span>
          ))}
        </div>
        {days.map((day, index) => (
          <div key={day.start} className="calendar-day" role="row">
            <span role="rowheader">{clock.date(day.start)}</span>
            {day.cells.map((cell, hour) => (
              <span key={HOURS[hour]} role="gridcell">
                {cell && (
                  <Hour
                    cell={cell}
                    words={words[index]?.[hour] ?? ''}
                    day={index}
                    hour={hour}
                    isStop={place.day === index && place.hour === hour}
                  />
                )}
              </span>
            ))}
          </div>
        ))}
      </div>
      <p className="calendar-words" aria-hidden="true">
        {pointed === '' ? <CalendarKey /> : pointed}
      </p>
    </>
  );
}

interface HourProps {
  readonly cell: HourCell;
  readonly words: string;
  readonly day: number;
  readonly hour: number;
  readonly isStop: boolean;
}

function Hour({ cell, words, day, hour, isStop }: HourProps) {
  const navigate = useNavigate();
  const { tz, ns, q } = usePageState();
  // The whole hour: what was alive when somebody began to watch is there, too.
  const search = { ...asked({ from: cell.begin, to: cell.to }), q, ns, tz };
  const onClick = (event: MouseEvent) => {
    // What opens elsewhere is the browser's.
    if (event.ctrlKey || event.metaKey || event.shiftKey || event.button !== 0) return;
    event.preventDefault();
    void navigate({ to: '/explore', search });
  };
  return (
    <a
      href={`./explore${writeAddress(search)}`}
      className="hour"
      aria-label={words}
      tabIndex={isStop ? 0 : -1}
      data-day={day}
      data-hour={hour}
      data-broken={cell.isBroken}
      data-healed={cell.isHealed}
      onClick={onClick}
    >
      <i style={{ height: fillHeight(cell) }} />
    </a>
  );
}

/** What was not watched stays to be seen, however short it was. */
function fillHeight({ share, isBroken }: HourCell): string {
  return isBroken ? `min(${share * 100}%, 100% - 5px)` : '100%';
}

function CalendarKey() {
  const { t } = useTexts();
  return (
    <>
      <i className="key-watched" /> {t('keyWatched')} <i className="key-gap" /> {t('keyGap')}{' '}
      <i className="key-healed" /> {t('keyHealed')}
    </>
  );
}

function cellWords(cell: HourCell, rows: readonly BreakRow[], texts: Texts, clock: Clock): string {
  const { t, percent, list } = texts;
  const span = clock.span(cell.from, cell.to);
  if (!cell.isBroken) return t('hourWatched', { span });
  const own = rows.filter((row) => row.from < cell.to && row.to >= cell.from);
  const causes = [...new Set(own.map((row) => whyWords(row, texts)))];
  const said = t('hourBroken', { span, share: percent(cell.share), causes: list(causes) });
  return cell.isHealed ? t('hourHealed', { said }) : said;
}

function moveFocus(event: KeyboardEvent<HTMLElement>): void {
  const [days, hours] = STEPS[event.key] ?? [];
  const { target, currentTarget } = event;
  if (days === undefined || hours === undefined || !(target instanceof HTMLElement)) return;
  event.preventDefault();
  const [day, hour] = [Number(target.dataset['day']), Number(target.dataset['hour'])];
  const at = (n: number) =>
    currentTarget.querySelector<HTMLElement>(`[data-day="${day + n * days}"][data-hour="${hour + n * hours}"]`);
  // Past hours that the clock skips.
  (at(1) ?? at(2))?.focus();
}
