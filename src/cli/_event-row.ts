/** An event as a row of `kubectl get events`. */
import type { StoredEvent } from '../component/history.ts';
import { firstSeenAge, humanDuration, lastSeenAge } from '../core/age.ts';
import { printedCount, printedMessage, printedObject, printedReporter } from '../core/printed-event.ts';
import { cellText } from './_text.ts';

export const COLUMNS = ['LAST SEEN', 'TYPE', 'REASON', 'OBJECT', 'MESSAGE'] as const;
export const WIDE_COLUMNS = [
  'LAST SEEN',
  'TYPE',
  'REASON',
  'OBJECT',
  'SUBOBJECT',
  'SOURCE',
  'MESSAGE',
  'FIRST SEEN',
  'COUNT',
  'NAME',
] as const;

export function eventRow(stored: StoredEvent, now: number, wide: boolean): string[] {
  const event = stored.body;
  const start = [lastSeenAge(event, now), event.type ?? '', event.reason ?? '', printedObject(event)];
  const message = messageCell(stored, now);
  if (!wide) return [...start, message].map(cellText);
  const end = [firstSeenAge(event, now), String(printedCount(event)), event.metadata.name];
  return [...start, event.involvedObject.fieldPath ?? '', printedReporter(event), message, ...end].map(cellText);
}

/** What the event says, and first that somebody deleted it: kubectl does not find it any more. */
export function messageCell({ body, deletedAt }: StoredEvent, now: number): string {
  const message = printedMessage(body);
  return deletedAt === undefined ? message : `(deleted ${humanDuration(now - deletedAt)} ago) ${message}`;
}
