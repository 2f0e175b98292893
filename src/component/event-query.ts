/** Queries of the history, asked of events that come from elsewhere than from it. */
import type { ObjectReference } from '../core/event.ts';
import type { EventRecord } from '../core/record.ts';
import { firstSeen } from '../core/time.ts';
import type { EventQuery, StoredEvent } from './history.ts';

/** A record as a query of the history would give it. */
export function asStored(record: EventRecord, occurrences: number): StoredEvent {
  return { ...record, occurrences, firstSeen: firstSeen(record.body) ?? record.time };
}

/** Whether a query of the history would find it. */
export function matches(event: StoredEvent, query: EventQuery): boolean {
  const { body, subject, cluster, time } = event;
  return (
    isOneOf(cluster, query.clusters) &&
    isOneOf(body.metadata.namespace ?? '', query.namespaces) &&
    isOneOf(body.type ?? '', query.types) &&
    isOneOf(body.reason ?? '', query.reasons) &&
    (query.since === undefined || time >= query.since) &&
    (query.until === undefined || time <= query.until) &&
    isAbout(subject, query.object) &&
    (query.filter?.matches(event) ?? true)
  );
}

function isOneOf(value: string, wanted: readonly string[] | undefined): boolean {
  return wanted === undefined || wanted.includes(value);
}

function isAbout(subject: ObjectReference, wanted: EventQuery['object']): boolean {
  if (wanted === undefined) return true;
  const { kind, name, namespace, uid } = wanted;
  return (
    subject.name === name &&
    (kind === undefined || subject.kind?.toLowerCase() === kind.toLowerCase()) &&
    (namespace === undefined || subject.namespace === namespace) &&
    (uid === undefined || subject.uid === uid)
  );
}
