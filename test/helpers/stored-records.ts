/** A store for a test, what is put into it, and what it then holds. */
import { onTestFinished } from 'vitest';
import type { EventRecord } from '../../src/core/record.ts';
import { openSqliteStore, type SqliteStore } from '../../src/store/sqlite/sqlite-store.ts';
import { revision } from '../contract/event-arbitrary.ts';

/** Closed when the test is. */
export function open(path: string): SqliteStore {
  const store = openSqliteStore({ path });
  onTestFinished(() => store.close());
  return store;
}

/** Of so many events, each of which has its number as version. */
export function records(from: number, to: number): EventRecord[] {
  return Array.from({ length: to - from }, (_, index) => {
    const n = from + index;
    return revision({ event: n, object: n % 50, resourceVersion: n, second: n, count: 1 });
  });
}

export function batch(of: readonly EventRecord[], position?: string) {
  return { cluster: 'prod', epoch: 1, scope: '*', records: of, ...(position !== undefined && { position }) };
}

/** Of all revisions that are stored, oldest first. */
export async function versions(history: Pick<SqliteStore, 'events'>): Promise<number[]> {
  const found: number[] = [];
  for await (const { body } of history.events({}, { order: 'oldest-first', revisions: true })) {
    found.push(Number(body.metadata.resourceVersion));
  }
  return found;
}
