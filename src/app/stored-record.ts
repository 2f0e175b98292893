import type { History } from '../component/history.ts';
import type { EventRecord } from '../core/record.ts';
import type { RecordIdentity } from '../pipeline/seated-item.ts';

/** The record as the log has it; undefined when it was deleted. Rejects with an AppError of a `STORE_…` code. */
export async function storedRecord(
  history: Pick<History, 'revision'>,
  { cluster, epoch, uid, resourceVersion }: RecordIdentity,
): Promise<EventRecord | undefined> {
  const revisions = await history.revision(uid, resourceVersion);
  const found = revisions.find((revision) => revision.cluster === cluster && revision.epoch === epoch);
  if (!found) return undefined;
  const { occurrences: _occurrences, firstSeen: _firstSeen, deletedAt: _deletedAt, owners: _owners, ...record } = found;
  return record;
}
