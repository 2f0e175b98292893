import type { StoredEvent } from '../../component/history.ts';
import { componentOf, countOf } from '../../core/event.ts';
import type { EventRecord } from '../../core/record.ts';
import { rfc3339 } from '../../core/rfc3339.ts';
import { severityOf } from '../../core/severity.ts';
import { firstSeen } from '../../core/time.ts';
import type { EventRow } from './answers.ts';

const MESSAGE_BYTES = 512;

/** A revision as lists show it: its message may be cut. */
export function eventRow(stored: StoredEvent): EventRow {
  const { occurrences, deletedAt } = stored;
  const deleted = deletedAt === undefined ? {} : { deleted: rfc3339(deletedAt) };
  return { ...eventFields(stored), delta: occurrences, ...deleted };
}

/** What a record tells of itself. */
export function eventFields(
  record: EventRecord & Pick<Partial<StoredEvent>, 'owners'>,
): Omit<EventRow, 'delta' | 'deleted'> {
  const { cluster, time, body, owners } = record;
  const { metadata, involvedObject, type = '', reason = '', message = '', source } = body;
  const { kind = '', namespace = '', name = '', uid = '' } = involvedObject;
  return {
    id: idOf(record),
    cluster,
    uid: metadata.uid,
    severity: severityOf({ type, reason }),
    type,
    reason,
    namespace: metadata.namespace ?? '',
    object: { kind, namespace, name, uid, ...(owners && { owners: [...owners] }) },
    node: kind === 'Node' ? name : (source?.host ?? ''),
    source: componentOf(body),
    first: rfc3339(firstSeen(body) ?? time),
    last: rfc3339(time),
    count: countOf(body),
    message: cut(message),
    messageBytes: Buffer.byteLength(message),
  };
}

export function idOf({ body: { metadata } }: Pick<EventRecord, 'body'>): string {
  return `${metadata.uid}/${metadata.resourceVersion}`;
}

function cut(message: string): string {
  // No character of UTF-16 takes more than 3 bytes of UTF-8.
  if (message.length * 3 <= MESSAGE_BYTES) return message;
  // As a stream, so that a character that was cut through is left out.
  return new TextDecoder().decode(Buffer.from(message).subarray(0, MESSAGE_BYTES), { stream: true });
}
