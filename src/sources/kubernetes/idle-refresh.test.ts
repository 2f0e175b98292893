import { describe, expect, onTestFinished, test, vi } from 'vitest';
import { createLogger } from '../../telemetry/log.ts';
import { IdleRefresh } from './idle-refresh.ts';

const INTERVAL_MS = 1_000;

/** A refresh that has answered once, at the end of the first interval of silence; `clock.now` is what time it is. */
async function refreshedOnce() {
  const clock = { now: 0 };
  vi.spyOn(performance, 'now').mockImplementation(() => clock.now);
  const snapshot = { resourceVersion: '7', asOf: 0 };
  const refresh = vi.fn<() => Promise<typeof snapshot>>(async () => snapshot);
  const logger = createLogger({ format: 'json', level: 'error', destination: { write: () => {} } });
  const idle = new IdleRefresh({ intervalMs: INTERVAL_MS, refresh, logger });
  const stopping = new AbortController();
  clock.now = INTERVAL_MS;
  const running = idle.run(stopping.signal);
  onTestFinished(async () => {
    stopping.abort();
    await running;
  });
  expect(refresh).toHaveBeenCalledOnce();
  await refresh.mock.results[0]?.value;
  return { idle, clock, snapshot };
}

describe('IdleRefresh', () => {
  test('confirms what was refreshed once an interval of silence has followed it, and not before', async () => {
    const { idle, clock, snapshot } = await refreshedOnce();
    clock.now = 2 * INTERVAL_MS - 1;
    expect(idle.confirmed()).toBeUndefined();
    clock.now = 2 * INTERVAL_MS;
    expect(idle.confirmed()).toBe(snapshot);
  });

  test('confirms nothing when something has arrived since', async () => {
    const { idle, clock } = await refreshedOnce();
    idle.touch();
    clock.now = 3 * INTERVAL_MS;
    expect(idle.confirmed()).toBeUndefined();
  });
});
