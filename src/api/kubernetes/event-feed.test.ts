import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { revision, START } from '../../../test/contract/event-arbitrary.ts';
import { temporaryDirectory } from '../../../test/helpers/temporary-directory.ts';
import type { ClusterVersions, EventChange, Version } from '../../component/event-versions.ts';
import { openForReading } from '../../store/sqlite/connection.ts';
import { SqliteEventVersions } from '../../store/sqlite/sqlite-event-versions.ts';
import { openSqliteStore } from '../../store/sqlite/sqlite-store.ts';
import { EventFeed } from './event-feed.ts';

/** A disk that fails for a moment. */
class FailingVersions extends SqliteEventVersions {
  isFailing = true;

  override async clusters(): Promise<readonly ClusterVersions[]> {
    return this.#tried(await super.clusters());
  }

  override async *changes(version: Version, after: number): AsyncGenerator<EventChange> {
    for await (const change of super.changes(version, after)) yield this.#tried(change);
  }

  #tried<T>(value: T): T {
    if (this.isFailing) throw new Error('disk I/O error');
    return value;
  }
}

test('EventFeed reads again what could not be read', async () => {
  const path = join(temporaryDirectory(), 'tidings.db');
  const store = openSqliteStore({ path });
  const [cluster, scope, receivedAt] = ['prod', '*', START];
  const spec = { event: 1, object: 1, second: 0, count: 1, resourceVersion: 10 };
  const records = [revision(spec, { cluster, epoch: 1, scope, receivedAt })];
  const observed = { from: START, to: START };
  await store.append([{ cluster, epoch: 1, scope, records, position: '10', observed }]);
  const versions = new FailingVersions(openForReading(path));
  const feed = new EventFeed(versions);
  onTestFinished(async () => {
    feed.close();
    await versions.close();
    await store.close();
  });
  const version = { cluster, epoch: 1, resourceVersion: 10 };
  await expect(feed.clusters()).rejects.toThrow('disk I/O error');
  await expect(feed.page(version, 0)).rejects.toThrow('disk I/O error');
  versions.isFailing = false;
  expect(await feed.clusters()).toEqual([expect.objectContaining({ name: cluster })]);
  expect((await feed.page(version, 0)).changes).toHaveLength(1);
});
