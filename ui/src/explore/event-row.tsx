import { memo } from 'react';
import type { SeriesRow } from '../api/questions.ts';
import { Message } from '../message/message.tsx';
import { ObjectName } from '../message/name.tsx';
import { SeverityMark } from '../message/severity-mark.tsx';
import { beginningOf } from '../message/visible-text.ts';
import { ObjectLink } from '../object/object-link.tsx';
import { Icon } from '../shell/icon.tsx';
import { useTexts } from '../text/language.ts';
import type { Clock } from '../time/clock.ts';
import { Spark } from './spark.tsx';

export interface EventRowProps {
  readonly row: SeriesRow;
  /** From 0. */
  readonly index: number;
  readonly top: number;
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
  const { row, index, top, isRaw, isSelected, isCurrent, clock, today, search, onOpen } = props;
  const { t, number } = useTexts();
  const last = Date.parse(row.last);
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
      <span role="gridcell" className="row-time" title={clock.stamp(last)}>
        {clock.startOfDay(last) !== today && <small>{clock.date(last)}</small>}
        {isRaw ? clock.millis(last) : clock.time(last)}
      </span>
      <span role="gridcell" className="row-count">
        ×{number(isRaw ? row.delta : row.count)}
      </span>
      {!isRaw && (
        <span role="gridcell" className="row-activity">
          {row.spark && <Spark counts={row.spark} severity={row.severity} />}
        </span>
      )}
      <span role="gridcell" className="row-reason">
        <SeverityMark severity={row.severity} />
        <Message text={row.reason} />
      </span>
      <span role="gridcell" className="row-object">
        <ObjectName namespace={row.object.namespace} name={row.object.name} />
        {search !== undefined && (
          // The rows take the keys: o opens the object.
          <ObjectLink
            place={{ ...row.object, isWorkload: false }}
            search={search}
            className="row-open"
            label={`${t('openObject', { kind: row.object.kind })} (o)`}
            tabIndex={-1}
          >
            <Icon name="open" />
          </ObjectLink>
        )}
      </span>
      <span role="gridcell" className="row-message">
        <Message text={beginningOf(row.message, MESSAGE_CHARACTERS)} />
      </span>
      <span role="gridcell" className="row-node">
        <bdi>{row.node}</bdi>
      </span>
    </div>
  );
});
