import { memo } from 'react';
import type { SeriesRow } from '../api/questions.ts';
import { Message } from '../message/message.tsx';
import { ObjectName } from '../message/name.tsx';
import { SeverityMark } from '../message/severity-mark.tsx';
import { beginningOf, writtenOut } from '../message/visible-text.ts';
import { ObjectLink } from '../object/object-link.tsx';
import { Icon } from '../shell/icon.tsx';
import { useTexts } from '../text/language.ts';
import type { Clock } from '../time/clock.ts';
import type { Column } from './columns.ts';
import { Spark } from './spark.tsx';

export interface EventRowProps {
  readonly row: SeriesRow;
  /** From 0. */
  readonly index: number;
  readonly top: number;
  readonly columns: readonly Column[];
  readonly isRaw: boolean;
  readonly isSelected: boolean;
  /** Whether Tab leads to it: one row of all is enough. */
  readonly isCurrent: boolean;
  readonly clock: Clock;
  readonly today: number;
  /** Of links to objects; undefined where there is no room for them. */
  readonly search: string | undefined;
  readonly onOpen: (index: number) => void;
}

const MESSAGE_CHARACTERS = 300;

export const EventRow = memo(function EventRow(props: EventRowProps) {
  const { row, index, top, columns, isRaw, isSelected, isCurrent, clock, today, search, onOpen } = props;
  return (
    <div
      className="event-row"
      role="row"
      aria-rowindex={index + 2}
      aria-selected={isSelected}
      tabIndex={isCurrent ? 0 : -1}
      data-index={index}
      data-severity={row.severity}
      style={{ transform: `translateY(${top}px)` }}
      onClick={() => onOpen(index)}
      onKeyDown={(event) => {
        if (event.key === 'Enter') onOpen(index);
      }}
    >
      {columns.map((name) => (
        <span
          key={name}
          role="gridcell"
          className={`row-${name}`}
          title={name === 'time' ? clock.stamp(Date.parse(row.last)) : undefined}
        >
          <Cell name={name} row={row} isRaw={isRaw} clock={clock} today={today} search={search} />
        </span>
      ))}
    </div>
  );
});

type CellProps = Pick<EventRowProps, 'row' | 'isRaw' | 'clock' | 'today' | 'search'> & { readonly name: Column };

function Cell({ name, row, isRaw, clock, today, search }: CellProps) {
  const { t, number } = useTexts();
  switch (name) {
    case 'time':
      return <Instant at={Date.parse(row.last)} isExact={isRaw} clock={clock} today={today} />;
    case 'first':
      return <Instant at={Date.parse(row.first)} isExact={false} clock={clock} today={today} />;
    case 'count':
      return `×${number(isRaw ? row.delta : row.count)}`;
    case 'activity':
      return row.spark && <Spark counts={row.spark} severity={row.severity} />;
    case 'reason':
      return (
        <>
          <SeverityMark severity={row.severity} />
          <Message text={row.reason} />
        </>
      );
    case 'object':
      return (
        <>
          <ObjectName namespace={row.object.namespace} name={row.object.name} />
          {search !== undefined && (
            // The rows take the keys: o opens the object.
            <ObjectLink
              place={{ ...row.object, isWorkload: false }}
              search={search}
              className="row-open"
              label={`${t('openObject', { kind: writtenOut(row.object.kind) })} (o)`}
              tabIndex={-1}
            >
              <Icon name="open" />
            </ObjectLink>
          )}
        </>
      );
    case 'message':
      return <Message text={beginningOf(row.message, MESSAGE_CHARACTERS)} />;
    case 'kind':
      return <Message text={row.object.kind} />;
    default:
      return <Message text={row[name]} />;
  }
}

type InstantProps = Pick<EventRowProps, 'clock' | 'today'> & { readonly at: number; readonly isExact: boolean };

function Instant({ at, isExact, clock, today }: InstantProps) {
  return (
    <>
      {clock.startOfDay(at) !== today && <small>{clock.date(at)}</small>}
      {isExact ? clock.millis(at) : clock.time(at)}
    </>
  );
}
