import { expect, onTestFinished, test } from 'vitest';
import { revision } from '../../test/contract/event-arbitrary.ts';
import { openSqliteStore } from '../store/sqlite/sqlite-store.ts';
import { storedRecord } from './stored-record.ts';

test('storedRecord finds the record of the cluster and the epoch, as it was offered', async () => {
  const store = openSqliteStore({ path: ':memory:' });
  onTestFinished(() => store.close());
  const spec = { event: 1, resourceVersion: 10, second: 0, count: 1, object: 1 };
  const [old, elsewhere, now] = [revision(spec), revision(spec, { cluster: 'test' }), revision(spec, { epoch: 2 })];
  for (const record of [old, elsewhere, now]) {
    await store.append([{ cluster: record.cluster, epoch: record.epoch, scope: '*', records: [record] }]);
  }
  const { uid, resourceVersion } = old.body.metadata;
  const find = (cluster: string, epoch: number) => storedRecord(store, { cluster, epoch, uid, resourceVersion });
  expect(await find('prod', 1)).toEqual(old);
  expect(await find('test', 1)).toEqual(elsewhere);
  expect(await find('prod', 2)).toEqual(now);
  expect(await find('prod', 3)).toBeUndefined();
});
