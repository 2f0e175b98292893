import { join } from 'node:path';
import { expect, onTestFinished, test, vi } from 'vitest';
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
  const { store, versions, feed } = openedFeed();
  const [cluster, scope, receivedAt] = ['prod', '*', START];
  const spec = { event: 1, object: 1, second: 0, count: 1, resourceVersion: 10 };
  const records = [revision(spec, { cluster, epoch: 1, scope, receivedAt })];
  const observed = { from: START, to: START };
  await store.append([{ cluster, epoch: 1, scope, records, position: '10', observed }]);
  const version = { cluster, epoch: 1, resourceVersion: 10 };
  await expect(feed.clusters()).rejects.toThrow('disk I/O error');
  await expect(feed.page(version, 0)).rejects.toThrow('disk I/O error');
  versions.isFailing = false;
  expect(await feed.clusters()).toEqual([expect.objectContaining({ name: cluster })]);
  expect((await feed.page(version, 0)).changes).toHaveLength(1);
});

test('EventFeed keeps changes of one version together', async () => {
  const { store, versions, feed } = openedFeed();
  const EVENTS = 250;
  const numbers = Array.from({ length: EVENTS }, (_, index) => index + 1);
  const spec = { object: 1, second: 0, count: 1 };
  const records = numbers.map((event) => revision({ ...spec, event, resourceVersion: event }));
  const deletions = numbers.map((event) => revision({ ...spec, event, resourceVersion: 300 }));
  const batch = { cluster: 'prod', epoch: 1, scope: '*', observed: { from: START, to: START } };
  await store.append([{ ...batch, records, position: String(EVENTS) }]);
  await store.append([{ ...batch, records: [], deletions, position: '300' }]);
  versions.isFailing = false;
  const version = { cluster: 'prod', epoch: 1, resourceVersion: 300 };
  const seen: number[] = [];
  for (let reached = 0; reached < version.resourceVersion; ) {
    const page = await feed.page(version, reached);
    seen.push(...page.changes.map(({ resourceVersion }) => resourceVersion));
    reached = page.reached;
  }
  expect(seen).toEqual([...numbers, ...numbers.map(() => 300)]);
});

test('EventFeed calls the others, and again, when one of those who watch fails', async () => {
  const { store, feed } = openedFeed();
  const called = { failing: 0, other: 0 };
  const unwatch = [
    feed.watch(() => {
      called.failing++;
      throw new Error('failed');
    }),
    feed.watch(() => void called.other++),
  ];
  await vi.waitFor(() => expect(called).toEqual({ failing: 1, other: 1 }));
  const observed = { from: START, to: START };
  await store.append([{ cluster: 'prod', epoch: 1, scope: '*', records: [], position: '1', observed }]);
  await vi.waitFor(() => expect(called).toEqual({ failing: 2, other: 2 }));
  for (const stop of unwatch) stop();
});

function openedFeed() {
  const path = join(temporaryDirectory(), 'tidings.db');
  const store = openSqliteStore({ path });
  const versions = new FailingVersions(openForReading(path));
  const feed = new EventFeed(versions);
  onTestFinished(async () => {
    feed.close();
    await versions.close();
    await store.close();
  });
  return { store, versions, feed };
}
