import { useVirtualizer } from '@tanstack/react-virtual';
import { type UIEvent, useCallback, useEffect, useRef } from 'react';
import { useLive } from '../live/live.tsx';
import { useKeys } from '../shell/keys.ts';
import { useChangeState, useClock, usePageState } from '../state/use-page-state.ts';
import { useTexts } from '../text/language.ts';
import { useIsPhone } from '../theme/use-is-phone.ts';
import { EventRow } from './event-row.tsx';
import { LiveNotes } from './live-notes.tsx';
import { TableEnd } from './table-end.tsx';
import { TableHead } from './table-head.tsx';
import { useRows } from './use-rows.ts';

const ROW_HEIGHT = 28;
const PHONE_ROW_HEIGHT = 72;
/** So many rows before the last one the next page is asked for. */
const AHEAD = 60;

export function EventTable() {
  const { t } = useTexts();
  const clock = useClock();
  const state = usePageState();
  const change = useChangeState();
  const isPhone = useIsPhone();
  const { pause, status, isPaused } = useLive();
  const listing = useRows();
  const { rows, hasNextPage, isFetchingNextPage, fetchNextPage } = listing;
  const scroller = useRef<HTMLDivElement>(null);
  const rowHeight = isPhone ? PHONE_ROW_HEIGHT : ROW_HEIGHT;
  const virtual = useVirtualizer({
    count: rows.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => rowHeight,
    overscan: 8,
  });
  useEffect(() => virtual.measure(), [virtual, rowHeight]);
  const items = virtual.getVirtualItems();
  const lastShown = items.at(-1)?.index ?? 0;
  useEffect(() => {
    if (hasNextPage && !isFetchingNextPage && lastShown > rows.length - AHEAD) void fetchNextPage();
  }, [hasNextPage, isFetchingNextPage, lastShown, rows.length, fetchNextPage]);

  const selected = rows.findIndex(({ id }) => id === state.sel);
  const open = useCallback(
    (index: number) => {
      const row = rows[index];
      if (!row) return;
      pause();
      change({ sel: row.id });
    },
    [rows, pause, change],
  );
  const step = (by: number) => {
    const next = Math.min(Math.max(selected + by, 0), rows.length - 1);
    virtual.scrollToIndex(next, { align: 'auto' });
    open(next);
  };
  useKeys({ j: () => step(1), k: () => step(-1) });
  const onScroll = (event: UIEvent<HTMLDivElement>) => {
    if (status === 'off') return;
    if (event.currentTarget.scrollTop > rowHeight && !isPaused) pause();
  };
  const today = clock.startOfDay(Date.now());
  return (
    <div className="event-table" data-rows={state.rows}>
      <LiveNotes onShow={() => scroller.current?.scrollTo({ top: 0 })} />
      <div className="table-scroller" id="content" ref={scroller} onScroll={onScroll} tabIndex={-1}>
        <div role="grid" aria-label={t('events')} aria-rowcount={hasNextPage ? -1 : rows.length + 1}>
          <TableHead />
          <div className="table-rows" role="rowgroup" style={{ height: virtual.getTotalSize() }}>
            {items.map(({ index, start }) => {
              const row = rows[index];
              return (
                row && (
                  <EventRow
                    key={row.id}
                    row={row}
                    index={index}
                    top={start}
                    isRaw={state.rows === 'raw'}
                    isSelected={index === selected}
                    isCurrent={index === Math.max(selected, 0)}
                    clock={clock}
                    today={today}
                    onOpen={open}
                  />
                )
              );
            })}
          </div>
        </div>
        <TableEnd listing={listing} />
      </div>
    </div>
  );
}
