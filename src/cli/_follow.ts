import type { Followed } from '../app/remote-history.ts';
import type { EventQuery, StoredEvent } from '../component/history.ts';
import type { Cursor, Log } from '../component/log.ts';
import type { ObjectReference } from '../core/event.ts';
import type { EventRecord } from '../core/record.ts';
import { firstSeen } from '../core/time.ts';
import { sleep } from '../util/sleep.ts';

const POLL_MS = 100;
const PAGE_RECORDS = 1000;

/**
 * What is committed after the cursor, page by page as it comes, until the signal is aborted. A page may be empty. The
 * second value is true once everything committed by then was read.
 */
export async function* follow(
  history: Pick<Log, 'read'> & { dataVersion(): number },
  from: Cursor,
  signal: AbortSignal,
): AsyncGenerator<Followed> {
  let cursor = from;
  while (!signal.aborted) {
    const version = history.dataVersion();
    const page = await history.read(cursor, { limit: PAGE_RECORDS });
    cursor = page.cursor;
    const caughtUp = page.records.length < PAGE_RECORDS;
    yield { events: page.records.map((record, index) => asStored(record, page.occurrences[index] ?? 0)), caughtUp };
    while (caughtUp && !signal.aborted && history.dataVersion() === version) await sleep(POLL_MS, signal);
  }
}

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
