import { describe, expect, test } from 'vitest';
import { RecentActivity } from './recent-activity.ts';

const MINUTE = 60_000;

describe('RecentActivity', () => {
  test('counts what was delivered by the minute, from its first minute on and of an hour at most', () => {
    let now = 10 * MINUTE + 59_000;
    const recent = new RecentActivity(() => now);
    recent.delivered();
    now += MINUTE;
    recent.delivered();
    recent.delivered();
    now += 2 * MINUTE;
    expect(recent.activity().delivered).toEqual({ start: 10 * MINUTE, counts: [1, 2, 0, 0] });
    now += 58 * MINUTE;
    recent.delivered();
    const { start, counts } = recent.activity().delivered;
    expect([start, counts.length, counts.at(0), counts.at(-1)]).toEqual([12 * MINUTE, 60, 0, 1]);
  });

  test('keeps the latest failures, and one that comes again and again as one', () => {
    let now = 0;
    const recent = new RecentActivity(() => now);
    for (const n of [...Array.from({ length: 30 }, (_, index) => index), 29, 29]) {
      now = n * 10;
      recent.failed({ reason: 'server_error', problem: `POST /${n}: 503 found` });
    }
    now = 900;
    recent.failed({ reason: 'server_error', problem: 'POST /29: 503 found' });
    const { failures } = recent.activity();
    expect(failures).toHaveLength(20);
    expect(failures[0]).toEqual({
      reason: 'server_error',
      problem: 'POST /29: 503 found',
      since: 290,
      at: 900,
      times: 4,
    });
    expect(failures.at(-1)?.problem).toBe('POST /10: 503 found');
  });
});
