import { describe, expect, test } from 'vitest';
import { backoff } from './backoff.ts';

describe('backoff', () => {
  test('doubles its ceiling up to the cap, and begins anew after a reset', () => {
    const delays = backoff({ baseMs: 500, capMs: 3000, random: () => 1 });
    const next = (count: number) => Array.from({ length: count }, () => delays.nextMs());
    expect(next(5)).toEqual([500, 1000, 2000, 3000, 3000]);
    delays.reset();
    expect(next(2)).toEqual([500, 1000]);
  });

  test('draws each delay evenly from below the ceiling', () => {
    const draws = [0, 0.5, 0.25];
    const delays = backoff({ baseMs: 100, capMs: 1000, random: () => draws.shift() ?? 0 });
    expect([delays.nextMs(), delays.nextMs(), delays.nextMs()]).toEqual([0, 100, 100]);
  });

  test('ends its wait when the signal is aborted, without an error', async () => {
    const stopping = new AbortController();
    const waited = backoff({ baseMs: 3_600_000, capMs: 3_600_000, random: () => 1 }).wait(stopping.signal);
    stopping.abort();
    await expect(waited).resolves.toBeUndefined();
  });
});
