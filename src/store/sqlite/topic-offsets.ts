/** How far topics were read, written in the transaction of the records that were read there. */
import type { Database } from 'better-sqlite3';
import type { Batch, TopicOffset } from '../../component/log.ts';

/** The last one of a partition counts: a topic that lost its end is read again from where it is now. */
export function writeOffsets(db: Database, batches: readonly Batch[]): void {
  const last = new Map<string, TopicOffset>();
  for (const { offset } of batches) if (offset) last.set(`${offset.partition} ${offset.topic}`, offset);
  if (last.size === 0) return;
  const write = db.prepare('insert into topic_offset values (?, ?, ?) on conflict do update set next = excluded.next');
  for (const { topic, partition, next } of last.values()) write.run(topic, partition, next);
}

export function readOffsets(db: Database, topic: string): ReadonlyMap<number, bigint> {
  const rows = db
    .prepare<[string], { partition: bigint; next: bigint }>('select partition, next from topic_offset where topic = ?')
    .safeIntegers()
    .all(topic);
  return new Map(rows.map(({ partition, next }) => [Number(partition), next]));
}
