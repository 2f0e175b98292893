import { openSqliteStore } from '../../src/store/sqlite/sqlite-store.ts';
import { revision, START } from '../contract/event-arbitrary.ts';

/** Writes a store with one event of the cluster `prod`, whole in its file. */
export async function storeWith(path: string, resourceVersion: number): Promise<void> {
  const store = openSqliteStore({ path });
  const records = [revision({ event: 1, object: 1, resourceVersion, second: 0, count: 1 })];
  const observed = { from: START, to: START };
  await store.append([{ cluster: 'prod', epoch: 1, scope: '*', records, position: String(resourceVersion), observed }]);
  await store.close();
}
