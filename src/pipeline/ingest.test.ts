import { setImmediate } from 'node:timers/promises';
import { describe, expect, onTestFinished, test, vi } from 'vitest';
import { revision } from '../../test/contract/event-arbitrary.ts';
import type { Batch, Log } from '../component/log.ts';
import { AppError } from '../core/errors.ts';
import { openSqliteStore } from '../store/sqlite/sqlite-store.ts';
import { createLogger } from '../telemetry/log.ts';
import { createMetrics } from '../telemetry/metrics.ts';
import { Ingest, type IngestOptions } from './ingest.ts';

async function ingestInto(options: Partial<IngestOptions> & { readonly refuse?: number } = {}) {
  const store = openSqliteStore({ path: ':memory:' });
  onTestFinished(() => store.close());
  const commits: number[] = [];
  let refusals = options.refuse ?? 0;
  // The real store, on a disk that is full for the first commits.
  const log: IngestOptions['log'] = {
    register: (cluster) => store.register(cluster),
    offsets: (topic) => store.offsets(topic),
    append: (batches) => {
      if (refusals-- > 0) return Promise.reject(new AppError('STORE_FULL', 'append to the store: no space left'));
      commits.push(batches.length);
      return store.append(batches);
    },
  };
  const metrics = createMetrics();
  const logger = createLogger({ format: 'json', level: 'error', destination: { write: () => {} } });
  const ingest = new Ingest({ log, logger, metrics, maxDelayMs: 5, ...options });
  await ingest.register({ name: 'prod' });
  const position = async () => (await store.register({ name: 'prod' })).positions.get('*')?.resourceVersion;
  /** There is space again. */
  const accept = (): void => {
    refusals = 0;
  };
  return { ingest, store, metrics, commits, position, accept };
}

/** How large a batch was, where that doesn't matter. */
const BYTES = 1_000;

/** A batch of one-off events with these resourceVersions, which are their numbers too. */
function batch(...resourceVersions: readonly number[]): Batch {
  const records = resourceVersions.map((n) =>
    revision({ event: n, resourceVersion: n, second: n, count: 1, object: n }),
  );
  return { cluster: 'prod', epoch: 1, scope: '*', records, position: String(resourceVersions.at(-1)) };
}

const storedIn = async (store: Pick<Log, 'beginning' | 'read'>): Promise<readonly string[]> => {
  const { records } = await store.read(await store.beginning(), { limit: 100 });
  return records.map(({ body }) => body.metadata.resourceVersion);
};

describe('Ingest', () => {
  test('commits what was offered within the delay as one group', async () => {
    const { ingest, store, commits } = await ingestInto();
    await ingest.offer(batch(1, 2), BYTES);
    await ingest.offer(batch(3), BYTES);
    await vi.waitFor(() => expect(commits).toEqual([2]));
    expect(await storedIn(store)).toEqual(['1', '2', '3']);
    expect(ingest.status()).toEqual({ pendingRecords: 0, lagMs: 0 });
  });

  test('commits what all who waited for a group offer as one, and begins the next one a delay later', async () => {
    const { ingest, store, commits } = await ingestInto({ maxDelayMs: 100 });
    const began: number[] = [];
    const read = (n: number): Promise<void> =>
      ingest.nextGroup(async () => {
        began.push(performance.now());
        // As long as it takes to read what has arrived.
        for (let turns = 0; turns < n; turns++) await setImmediate();
        await ingest.offer(batch(n), BYTES);
      });
    await Promise.all([read(1), read(2)]);
    await vi.waitFor(() => expect(commits).toEqual([2]));
    await Promise.all([read(3), read(4)]);
    await vi.waitFor(() => expect(commits).toEqual([2, 2]));
    expect(await storedIn(store)).toEqual(['1', '2', '3', '4']);
    const [first = 0, , third = 0] = began;
    expect(third - first).toBeGreaterThan(90);
  });

  test('commits no group that nobody offered anything to', async () => {
    const { ingest, commits } = await ingestInto();
    await ingest.nextGroup(async () => {});
    await ingest.nextGroup(async () => {});
    expect(commits).toEqual([]);
  });

  test('goes on with the others when one who waited for a group fails', async () => {
    const { ingest, commits } = await ingestInto({ maxDelayMs: 100 });
    const failing = ingest.nextGroup(() => Promise.reject(new Error('cut off')));
    await Promise.all([
      expect(failing).rejects.toThrow('cut off'),
      ingest.nextGroup(() => ingest.offer(batch(1), BYTES)),
    ]);
    await vi.waitFor(() => expect(commits).toEqual([1]), { timeout: 50 });
  });

  test('tells when a batch is durable, not before', async () => {
    const { ingest, store } = await ingestInto({ maxDelayMs: 60_000 });
    const storedWhenTold: Promise<readonly string[]>[] = [];
    await ingest.offer(batch(1), BYTES, () => storedWhenTold.push(storedIn(store)));
    expect(storedWhenTold).toEqual([]);
    await ingest.close();
    expect(await Promise.all(storedWhenTold)).toEqual([['1']]);
  });

  test('commits at once, and holds the source back meanwhile, when a group is full', async () => {
    const { ingest, commits } = await ingestInto({ maxRecords: 3, maxDelayMs: 60_000 });
    await ingest.offer(batch(1, 2), BYTES);
    expect(commits).toEqual([]);
    await ingest.offer(batch(3), BYTES);
    expect(commits).toEqual([2]);
  });

  test('commits at once what is large, however few the records', async () => {
    const { ingest, commits } = await ingestInto({ maxBytes: 3_000, maxDelayMs: 60_000 });
    await ingest.offer(batch(1), 1_500);
    expect(commits).toEqual([]);
    await ingest.offer(batch(2), 1_500);
    await ingest.offer(batch(3), 1_500);
    expect(commits).toEqual([2]);
  });

  test('keeps a group that cannot be committed, says why, and goes on by itself', async () => {
    const { ingest, store, position, accept } = await ingestInto({ refuse: Number.POSITIVE_INFINITY });
    await ingest.offer(batch(1, 2), BYTES);
    await vi.waitFor(() => expect(ingest.status().problem).toBe('append to the store: no space left'));
    expect(ingest.status().pendingRecords).toBe(2);
    expect(await position()).toBeUndefined();
    await ingest.offer(batch(3), BYTES);
    accept();
    await vi.waitFor(() => expect(ingest.status()).toEqual({ pendingRecords: 0, lagMs: 0 }), 10_000);
    expect(await storedIn(store)).toEqual(['1', '2', '3']);
    expect(await position()).toBe('3');
  });

  test('commits what is pending when it is closed', async () => {
    const { ingest, store } = await ingestInto({ maxDelayMs: 60_000 });
    await ingest.offer(batch(1), BYTES);
    await ingest.close();
    expect(await storedIn(store)).toEqual(['1']);
  });

  test('gives up on closing when the store cannot be written, with the position where it was', async () => {
    const { ingest, store, position } = await ingestInto({ maxDelayMs: 60_000, refuse: Number.POSITIVE_INFINITY });
    await ingest.offer(batch(1), BYTES);
    await expect(ingest.close()).rejects.toMatchObject({
      code: 'STORE_FAILED',
      message: expect.stringContaining('no space'),
    });
    expect(await storedIn(store)).toEqual([]);
    expect(await position()).toBeUndefined();
  });

  test('counts occurrences, and revisions offered again apart', async () => {
    const { ingest, metrics } = await ingestInto();
    const first = revision({ event: 1, resourceVersion: 1, second: 1, count: 7, object: 1 });
    const second = revision({ event: 1, resourceVersion: 2, second: 2, count: 12, object: 1 });
    await ingest.offer({ cluster: 'prod', epoch: 1, scope: '*', records: [first, second, first] }, BYTES);
    await ingest.close();
    const text = await metrics.registry.metrics();
    const labels = 'cluster="prod",namespace="shop",kind="Pod",reason="BackOff",type="Warning"';
    expect(text).toContain(`tidings_event_occurrences_total{${labels}} 12\n`);
    expect(text).toContain('tidings_records_stored_total{cluster="prod",origin="watch"} 2\n');
    expect(text).toContain('tidings_records_repeated_total{cluster="prod"} 1\n');
    expect(text).toContain('tidings_commit_duration_seconds_count 1\n');
  });
});
