import { useVirtualizer } from '@tanstack/react-virtual';
import { type KeyboardEvent, useMemo, useRef } from 'react';
import { SEVERITIES } from '../../../src/core/severity.ts';
import { timesWords } from '../answer/count-words.ts';
import { ObjectName } from '../message/name.tsx';
import { SeverityMark } from '../message/severity-mark.tsx';
import { useChangeState, useClock, usePageState } from '../state/use-page-state.ts';
import { useTexts } from '../text/language.ts';
import type { TimeRange } from '../time/time-range.ts';
import { tableRows } from './table-rows.ts';
import { isLowerBound, type TimelineRows } from './timeline-rows.ts';
import './timeline-table.css';

const ROW_HEIGHT = 28;

/** What is in view in words, lane by lane. */
export function TimelineTable({ data, window }: { readonly data: TimelineRows; readonly window: TimeRange }) {
  const texts = useTexts();
  const { t } = texts;
  const clock = useClock();
  const { sel } = usePageState();
  const change = useChangeState();
  const rows = useMemo(() => tableRows(data, window), [data, window]);
  const scroller = useRef<HTMLDivElement>(null);
  const virtual = useVirtualizer({
    count: rows.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => ROW_HEIGHT,
    overscan: 8,
  });
  const selected = useMemo(() => (sel === '' ? -1 : rows.indexOf(data.rowOf(sel) ?? -1)), [rows, data, sel]);
  /** From the row that has the focus to the one beside it. */
  const onKey = (event: KeyboardEvent<HTMLDivElement>) => {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    const index = Number((event.target as HTMLElement).dataset['index']);
    if (step === undefined || Number.isNaN(index)) return;
    event.preventDefault();
    const next = Math.min(Math.max(index + step, 0), rows.length - 1);
    virtual.scrollToIndex(next, { align: 'auto' });
    scroller.current?.querySelector<HTMLElement>(`[data-index="${next}"]`)?.focus();
  };
  const columns = [t('object'), t('time'), t('count'), t('reason')];
  return (
    <div className="timeline-table" id="content" ref={scroller} tabIndex={-1}>
      <div role="grid" tabIndex={-1} aria-label={t('events')} aria-rowcount={rows.length + 1} onKeyDown={onKey}>
        <div className="timeline-table-head" role="row" aria-rowindex={1}>
          {columns.map((name) => (
            <span key={name} role="columnheader">
              {name}
            </span>
          ))}
        </div>
        <div className="table-rows" role="rowgroup" style={{ height: virtual.getTotalSize() }}>
          {virtual.getVirtualItems().map(({ index, start }) => {
            const row = rows[index] ?? 0;
            const lane = data.lanes[data.lane[row] ?? 0];
            const severity = SEVERITIES[data.severity[row] ?? 0] ?? 'normal';
            const id = data.id(row);
            const open = () => id !== undefined && change({ sel: id });
            return (
              <div
                key={row}
                className="timeline-row"
                role="row"
                aria-rowindex={index + 2}
                aria-selected={index === selected}
                tabIndex={index === Math.max(selected, 0) ? 0 : -1}
                data-index={index}
                style={{ transform: `translateY(${start}px)` }}
                onClick={open}
                onKeyDown={(event) => event.key === 'Enter' && open()}
              >
                <span role="gridcell">
                  <ObjectName namespace={lane?.namespace ?? ''} name={lane?.name || t('none')} />
                </span>
                <span role="gridcell">{clock.stamp(data.time[row] ?? 0)}</span>
                <span role="gridcell">{timesWords(data.count[row] ?? 0, isLowerBound(data, [row]), texts)}</span>
                <span role="gridcell">
                  <SeverityMark severity={severity} isNamed={data.reason(row) === ''} />
                  <bdi>{data.reason(row) || t(severity)}</bdi>
                </span>
              </div>
            );
          })}
        </div>
      </div>
      {rows.length === 0 && <p className="table-end">{t('nothingInView')}</p>}
    </div>
  );
}
