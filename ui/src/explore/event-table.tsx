import { useVirtualizer } from '@tanstack/react-virtual';
import { type KeyboardEvent, type RefObject, useCallback, useEffect, useRef } from 'react';
import { Stopped } from '../answer/stopped.tsx';
import type { SeriesRow } from '../api/questions.ts';
import { useLive } from '../live/live.tsx';
import { useObjectSearch, useOpenObject } from '../object/object-link.tsx';
import { useKeys } from '../shell/keys.ts';
import { useChangeState, useClock, usePageState } from '../state/use-page-state.ts';
import { useTexts } from '../text/language.ts';
import { useIsPhone } from '../theme/use-is-phone.ts';
import { useNow } from '../time/use-now.ts';
import { EventRow } from './event-row.tsx';
import { LiveNotes } from './live-notes.tsx';
import { TableEnd } from './table-end.tsx';
import { TableHead } from './table-head.tsx';
import { useColumns } from './use-columns.ts';
import { useReading } from './use-reading.ts';
import { useRows } from './use-rows.ts';
import './event-table.css';

const ROW_HEIGHT = 28;
const PHONE_ROW_HEIGHT = 72;
/** So many rows before the last one the next page is asked for. */
const AHEAD = 60;

export function EventTable() {
  const { t } = useTexts();
  const clock = useClock();
  const state = usePageState();
  const change = useChangeState();
  const { pause } = useLive();
  const listing = useRows();
  const { rows, hasNextPage } = listing;
  const columns = useColumns();
  const scroller = useRef<HTMLDivElement>(null);
  const virtual = useRowsInView(listing, scroller);
  const search = useLinkSearch();
  const reading = useReading();
  const today = clock.startOfDay(useNow(60_000));
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
  const show = (index: number): number => {
    const shown = Math.min(Math.max(index, 0), rows.length - 1);
    virtual.scrollToIndex(shown, { align: 'auto' });
    return shown;
  };
  useRowKeys((by) => open(show(selected + by)), rows[selected]);
  /** From the row that has the focus to the one beside it. */
  const onKey = (event: KeyboardEvent<HTMLDivElement>) => {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    const index = Number((event.target as HTMLElement).dataset['index']);
    if (step === undefined || Number.isNaN(index)) return;
    event.preventDefault();
    const next = show(index + step);
    scroller.current?.querySelector<HTMLElement>(`[data-index="${next}"]`)?.focus();
  };
  return (
    <div className="event-table" data-rows={state.rows} data-cols={state.cols === '' ? 'usual' : 'chosen'}>
      <RankedSoFar listing={listing} />
      <LiveNotes onShow={() => scroller.current?.scrollTo({ top: 0 })} />
      <div className="table-scroller" id="content" ref={scroller} tabIndex={-1} {...reading}>
        <div
          role="grid"
          tabIndex={-1}
          aria-label={t('events')}
          aria-rowcount={hasNextPage ? -1 : rows.length + 1}
          onKeyDown={onKey}
        >
          <TableHead columns={columns} />
          <div className="table-rows" role="rowgroup" style={{ height: virtual.getTotalSize() }}>
            {virtual.getVirtualItems().map(({ index, start }) => {
              const row = rows[index];
              return (
                row && (
                  <EventRow
                    key={row.id}
                    row={row}
                    index={index}
                    top={start}
                    columns={columns}
                    isRaw={state.rows === 'raw'}
                    isSelected={index === selected}
                    isCurrent={index === Math.max(selected, 0)}
                    clock={clock}
                    today={today}
                    search={search}
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

/** On a phone there is no room for links in rows. */
function useLinkSearch(): string | undefined {
  const search = useObjectSearch();
  return useIsPhone() ? undefined : search;
}

/** Of what was not looked at something may rank higher. */
function RankedSoFar({
  listing: { isRanked, isFetching, stoppedAt, goOn },
}: Pick<Parameters<typeof TableEnd>[0], 'listing'>) {
  return isRanked && <Stopped className="left-out" before={stoppedAt} isBusy={isFetching} onGoOn={goOn} />;
}

/** The next row, the one before, and what the pinned one is about. */
function useRowKeys(step: (by: number) => void, selected: SeriesRow | undefined): void {
  const openObject = useOpenObject();
  useKeys({ j: () => step(1), k: () => step(-1), o: () => openObject(selected) });
}

/** Rows are made where they are looked at; the next page is asked for before they end. */
function useRowsInView(listing: ReturnType<typeof useRows>, scroller: RefObject<HTMLDivElement | null>) {
  const { rows, hasNextPage, isFetching, isFetchNextPageError, isRanked, stoppedAt, fetchNextPage } = listing;
  const rowHeight = useIsPhone() ? PHONE_ROW_HEIGHT : ROW_HEIGHT;
  const virtual = useVirtualizer({
    count: rows.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => rowHeight,
    overscan: 8,
  });
  useEffect(() => {
    virtual.measure();
  }, [virtual, rowHeight]);
  const lastShown = virtual.getVirtualItems().at(-1)?.index ?? 0;
  // After an error, or when the time was up, the reader says when it goes on.
  const isHalted = isFetchNextPageError || (stoppedAt !== undefined && !isRanked);
  const isWanted = hasNextPage && !isFetching && !isHalted && lastShown > rows.length - AHEAD;
  useEffect(() => {
    if (isWanted) void fetchNextPage();
  }, [isWanted, fetchNextPage]);
  return virtual;
}
