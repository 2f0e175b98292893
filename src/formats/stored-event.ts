/** What is stored as one Tidings gives it to another: the record, and what is known beside it. */
import type { StoredEvent } from '../component/history.ts';
import type { EventRecord } from '../core/record.ts';
import { recordKey } from '../core/record-key.ts';
import { rfc3339 } from '../core/rfc3339.ts';
import { firstSeen } from '../core/time.ts';
import { tidingsRecordJson, tidingsRecordOf } from './tidings-record.ts';

type StoredRecord = EventRecord & Partial<Pick<StoredEvent, 'occurrences' | 'deletedAt'>>;

/** One line: a Tidings record, and when it was deleted as `deletedAt`. */
export function storedEventJson(stored: StoredRecord): string {
  const { occurrences = 0, deletedAt } = stored;
  const json = tidingsRecordJson({ record: stored, key: recordKey(stored), occurrences, labels: {}, folded: 0 });
  return deletedAt === undefined ? json : `${json.slice(0, -1)},"deletedAt":"${rfc3339(deletedAt)}"}`;
}

/** What {@link storedEventJson} wrote, parsed as JSON. Throws EVENT_INVALID. */
export function storedEventOf(written: object): StoredEvent {
  const record = tidingsRecordOf(written);
  const { occurrences, deletedAt }: Readonly<Record<string, unknown>> = { ...written };
  return {
    ...record,
    occurrences: typeof occurrences === 'number' ? occurrences : 0,
    firstSeen: firstSeen(record.body) ?? record.time,
    ...(typeof deletedAt === 'string' && { deletedAt: Date.parse(deletedAt) }),
  };
}
