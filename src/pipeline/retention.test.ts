import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test, vi } from 'vitest';
import { revision, START } from '../../test/contract/event-arbitrary.ts';
import type { Hold } from '../component/history.ts';
import { openSqliteStore } from '../store/sqlite/sqlite-store.ts';
import { createLogger } from '../telemetry/log.ts';
import { createMetrics } from '../telemetry/metrics.ts';
import { startRetention } from './retention.ts';

describe('startRetention', () => {
  test('deletes what was last seen before the age, in as many steps as it takes, and keeps the rest', async () => {
    const history = openSqliteStore({ path: ':memory:' });
    onTestFinished(() => history.close());
    const seconds = Array.from({ length: 1_300 }, (_, index) => index);
    await history.apply(
      seconds.map((second) => revision({ event: second, resourceVersion: second + 1, second, count: 1, object: 1 })),
    );
    const metrics = createMetrics();
    const logger = createLogger({ format: 'json', level: 'error', destination: { write: () => {} } });
    const stop = startRetention({ history, ageMs: 60_000, logger, metrics, now: () => START + 1_300_000 });
    onTestFinished(stop);
    await vi.waitFor(async () => expect((await history.stats()).revisions).toBe(60), 5_000);
    expect((await history.stats()).oldest).toBe(START + 1_240_000);
    expect(await metrics.registry.metrics()).toContain('tidings_expired_revisions_total 1240\n');
  });

  test('deletes the oldest while the store uses more than the size', async () => {
    const history = openSqliteStore({ path: ':memory:' });
    onTestFinished(() => history.close());
    const count = 20_000;
    await history.apply(
      Array.from({ length: count }, (_, second) =>
        revision({ event: second, resourceVersion: second + 1, second, count: 1, object: second }),
      ),
    );
    const { bytes } = await history.stats();
    const metrics = createMetrics();
    const logger = createLogger({ format: 'json', level: 'error', destination: { write: () => {} } });
    const size = bytes - 500_000;
    const stop = startRetention({ history, size, logger, metrics });
    onTestFinished(stop);
    await vi.waitFor(async () => expect(await history.expire({ size, limit: 1 })).toBe(0), 10_000);
    const { revisions, oldest } = await history.stats();
    expect(revisions).toBeGreaterThan(count / 2);
    expect(oldest).toBe(START + (count - revisions) * 1_000);
  });

  test('deletes an hour too much at most when the clock jumps ahead', async () => {
    const history = openSqliteStore({ path: ':memory:' });
    onTestFinished(() => history.close());
    const hours = Array.from({ length: 48 }, (_, hour) => hour);
    await history.apply(
      hours.map((hour) =>
        revision({ event: hour, resourceVersion: hour + 1, second: hour * 3_600, count: 1, object: 1 }),
      ),
    );
    const logger = createLogger({ format: 'json', level: 'error', destination: { write: () => {} } });
    const end = START + 48 * 3_600_000;
    let now = end;
    const metrics = createMetrics();
    const options = { history, ageMs: 24 * 3_600_000, logger, metrics, now: () => now, elapsed: () => 5_000 };
    const stop = startRetention(options);
    onTestFinished(stop);
    // Before the first step.
    now = end + 400 * 86_400_000;
    await vi.waitFor(async () => expect((await history.stats()).revisions).toBeLessThan(48), 5_000);
    expect((await history.stats()).oldest).toBe(START + 25 * 3_600_000);
  });

  test('deletes nothing more once it is stopped, also within a step', async () => {
    const step = Promise.withResolvers<number>();
    const expire = vi.fn<() => Promise<number>>(() => step.promise);
    const logger = createLogger({ format: 'json', level: 'error', destination: { write: () => {} } });
    const stop = startRetention({ history: { expire }, ageMs: 60_000, logger, metrics: createMetrics() });
    await vi.waitFor(() => expect(expire).toHaveBeenCalledOnce());
    const timers = vi.spyOn(globalThis, 'setTimeout');
    stop();
    step.resolve(500);
    await step.promise;
    await Promise.resolve();
    expect(timers).not.toHaveBeenCalled();
  });
});

describe('startRetention with consumers that are behind', () => {
  async function held(hold: Omit<Hold, 'consumers'>) {
    const directory = mkdtempSync(join(tmpdir(), 'tidings-retention-'));
    const store = openSqliteStore({ path: join(directory, 'store.db') });
    onTestFinished(async () => {
      await store.close();
      rmSync(directory, { recursive: true });
    });
    await store.register({ name: 'prod' });
    const seconds = Array.from({ length: 1_000 }, (_, index) => index);
    await store.append([
      {
        cluster: 'prod',
        epoch: 1,
        scope: '*',
        records: seconds.map((second) =>
          revision({ event: second, resourceVersion: second + 1, second, count: 1, object: 1 }),
        ),
      },
    ]);
    const { cursor } = await store.read(await store.beginning(), { limit: 300 });
    await store.acknowledge(new Map([['slow', cursor]]));
    await store.acknowledge(new Map([['gone', await store.beginning()]]));
    const stop = startRetention({
      history: store,
      ageMs: 1_000,
      hold: () => ({ consumers: ['slow', 'never there'], ...hold }),
      logger: createLogger({ format: 'json', level: 'error', destination: { write: () => {} } }),
      metrics: createMetrics(),
      now: () => START + 9_000_000,
    });
    onTestFinished(stop);
    return { store, cursor };
  }

  test('keeps what they have not acknowledged, and nothing for others', async () => {
    const { store, cursor } = await held({ bytes: 1_000_000_000, minFreeSpace: 1 });
    await vi.waitFor(async () => expect((await store.stats()).revisions).toBe(700), 5_000);
    expect((await store.read(cursor, { limit: 1_000 })).records).toHaveLength(700);
    await store.acknowledge(new Map([['slow', await store.end()]]));
    await store.expire({ before: START + 9_000_000, limit: 1_000, hold: { consumers: ['slow'], bytes: 0 } });
    expect((await store.stats()).revisions).toBe(0);
  });

  test('lets go of the oldest beyond its bytes, which a read then tells', async () => {
    const { store, cursor } = await held({ bytes: 1 });
    await vi.waitFor(async () => expect((await store.stats()).revisions).toBe(700), 5_000);
    await expect(store.read(cursor, { limit: 1 })).rejects.toMatchObject({ code: 'CURSOR_INVALID' });
    expect(await store.distance(cursor, await store.beginning())).toBeGreaterThan(600);
  });

  test('keeps nothing for them when the volume has less free space than the floor', async () => {
    const { store, cursor } = await held({ bytes: 1_000_000_000, minFreeSpace: Number.MAX_SAFE_INTEGER });
    await vi.waitFor(async () => expect((await store.stats()).revisions).toBe(0), 5_000);
    await expect(store.read(cursor, { limit: 1 })).rejects.toMatchObject({ code: 'CURSOR_INVALID' });
    expect(await store.distance(cursor, await store.end())).toBe(700);
  });
});
