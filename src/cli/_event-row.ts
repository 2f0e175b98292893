/**
 * An event as a row of `kubectl get events`.
 * https://github.com/kubernetes/kubernetes/blob/v1.35.4/pkg/printers/internalversion/printers.go (printEvent)
 */
import type { StoredEvent } from '../component/history.ts';
import { firstSeenAge, humanDuration, lastSeenAge } from '../core/age.ts';
import { componentOf, type Event } from '../core/event.ts';
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
  const { involvedObject: object, series } = event;
  const kind = (object.kind ?? '').toLowerCase();
  const start = [
    lastSeenAge(event, now),
    event.type ?? '',
    event.reason ?? '',
    object.name ? `${kind}/${object.name}` : kind,
  ];
  const message = messageCell(stored, now);
  if (!wide) return [...start, message].map(cellText);
  const count = series ? (series.count ?? 0) : event.count || 1;
  const end = [firstSeenAge(event, now), String(count), event.metadata.name];
  return [...start, object.fieldPath ?? '', reporter(event), message, ...end].map(cellText);
}

/** What the event says, and first that somebody deleted it: kubectl does not find it any more. */
export function messageCell({ body, deletedAt }: StoredEvent, now: number): string {
  const message = (body.message ?? '').trim();
  return deletedAt === undefined ? message : `(deleted ${humanDuration(now - deletedAt)} ago) ${message}`;
}

/** `kubelet, node-1`: who reported it, and where that one runs. */
export function reporter(event: Event): string {
  const instance = event.source?.host || event.reportingInstance || '';
  return instance ? `${componentOf(event)}, ${instance}` : componentOf(event);
}
