import { join } from 'node:path';
import { expect, onTestFinished, test, vi } from 'vitest';
import { type RevisionSpec, revision, START } from '../../../test/contract/event-arbitrary.ts';
import { temporaryDirectory } from '../../../test/helpers/temporary-directory.ts';
import type { EventChange, Version } from '../../component/event-versions.ts';
import { openForReading } from '../../store/sqlite/connection.ts';
import { SqliteEventVersions } from '../../store/sqlite/sqlite-event-versions.ts';
import { openSqliteStore } from '../../store/sqlite/sqlite-store.ts';
import { FairUse } from '../fair-use.ts';
import { EventFeed } from './event-feed.ts';
import type { EventsRequest } from './events-request.ts';
import { EventsView } from './events-view.ts';
import { parseListOptions } from './list-options.ts';
import { type Follower, follow } from './watch-following.ts';

test('follow tells each watcher of its namespace, whenever it came, and reads what was committed once', async () => {
  const opened = await openedFeed();
  const wide = following(opened, undefined);
  const [bank, shop] = [following(opened, 'bank'), following(opened, 'shop')];
  await opened.commit(11, 'shop');
  await wide.told('11');
  await opened.commit(12, 'bank');
  await wide.told('11', '12');
  const late = following(opened, 'shop');
  await opened.commit(13, 'shop');
  await Promise.all([wide.told('11', '12', '13'), shop.told('11', '13'), late.told('13'), bank.told('12')]);
  expect(opened.versions.reads).toEqual(['10-11', '11-12', '12-13']);
  // Whom nothing concerned is as far as the others.
  expect(bank.view.told).toMatchObject({ version: 13 });
});

test('follow encodes once for those who see the same, also when they came apart', async () => {
  const opened = await openedFeed();
  const watchers = Array.from({ length: 20 }, () => following(opened, 'shop'));
  await opened.commit(11, 'shop');
  await Promise.all(watchers.map((watcher) => watcher.told('11')));
  await opened.commit(12, 'shop');
  await Promise.all(watchers.map((watcher) => watcher.told('11', '12')));
  expect(new Set(watchers.map(({ written }) => written.at(-1))).size).toBe(1);
});

test('follow lets go of who takes nothing more, at the place it has reached, and goes on with the others', async () => {
  const opened = await openedFeed();
  const [slow, other] = [following(opened, 'shop'), following(opened, 'shop')];
  slow.isSlow = true;
  await opened.commit(11, 'shop');
  await opened.commit(12, 'shop');
  await other.told('11', '12');
  await slow.told('11');
  expect(slow.releasedAt).toBe(11);
});

test('follow fails all when nobody can go on', async () => {
  const opened = await openedFeed();
  const watchers = [following(opened, 'shop'), following(opened, 'bank')];
  await opened.commit(5, 'shop', 2);
  const gone = expect.objectContaining({ status: expect.objectContaining({ code: 410 }) });
  await vi.waitFor(() => expect(watchers.map(({ problem }) => problem)).toEqual([gone, gone]), 5_000);
});

interface Frame {
  readonly object: { readonly metadata: { readonly resourceVersion: string } };
}

/** Tells what of the changes was asked for. */
class CountingVersions extends SqliteEventVersions {
  readonly reads: string[] = [];

  override changes(version: Version, after: number): AsyncGenerator<EventChange> {
    if (after < version.resourceVersion) this.reads.push(`${after}-${version.resourceVersion}`);
    return super.changes(version, after);
  }
}

async function openedFeed() {
  const path = join(temporaryDirectory(), 'tidings.db');
  const store = openSqliteStore({ path });
  const versions = new CountingVersions(openForReading(path));
  const feed = new EventFeed(versions);
  onTestFinished(async () => {
    feed.close();
    await versions.close();
    await store.close();
  });
  const commit = async (resourceVersion: number, namespace: string, epoch = 1): Promise<void> => {
    const envelope = { cluster: 'prod', epoch, scope: '*' };
    const spec: RevisionSpec = { event: resourceVersion, object: 1, second: 0, count: 1, resourceVersion, namespace };
    const records = [revision(spec, { ...envelope, receivedAt: START })];
    const observed = { from: START, to: START };
    await store.append([{ ...envelope, records, position: String(resourceVersion), observed }]);
  };
  await commit(10, 'shop');
  const [cluster] = await feed.clusters();
  if (!cluster) throw new Error('found no cluster, want the one committed to');
  return { feed, versions, cluster, commit };
}

function following({ feed, cluster }: Awaited<ReturnType<typeof openedFeed>>, namespace: string | undefined) {
  const request: EventsRequest = {
    feed,
    cluster,
    namespace,
    options: parseListOptions(new URLSearchParams(), '', true),
    shape: {
      group: '',
      representation: { as: 'event', version: 'v1', mediaType: 'application/json' },
      includeObject: 'Metadata',
      epoch: 1,
    },
    windowMs: Number.POSITIVE_INFINITY,
    notBefore: Number.MIN_SAFE_INTEGER,
    fairUse: new FairUse(),
    caller: 'somebody',
    gone: new AbortController().signal,
    pretty: false,
    gzip: false,
  };
  const view = new EventsView(request, () => START);
  // The newest one that the feed has called for.
  view.begin(feed.news('prod')?.upTo ?? 10, START);
  const watcher = {
    view,
    written: [] as (string | Buffer)[],
    isSlow: false,
    releasedAt: undefined as number | undefined,
    problem: undefined as unknown,
    async told(...versions: string[]): Promise<void> {
      const frames = () => watcher.written.join('').split('\n').filter(Boolean);
      const seen = () => frames().map((frame) => (JSON.parse(frame) as Frame).object.metadata.resourceVersion);
      await vi.waitFor(() => expect(seen()).toEqual(versions), 5_000);
    },
  };
  const follower: Follower = {
    write: (frames) => {
      watcher.written.push(frames);
      return !watcher.isSlow;
    },
    release: ({ told: { version } }) => {
      watcher.releasedAt = version;
    },
    fail: (problem) => {
      watcher.problem = problem;
    },
  };
  onTestFinished(follow(view, follower));
  return watcher;
}
