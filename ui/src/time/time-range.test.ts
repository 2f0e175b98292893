import { describe, expect, test } from 'vitest';
import { clockOf } from './clock.ts';
import {
  asked,
  durationText,
  instantOf,
  presetOf,
  rangeOf,
  rangeSince,
  typedTime,
  zoomedOut,
  zoomedRange,
} from './time-range.ts';

const NOW = Date.parse('2026-03-12T03:06:00Z');
const utc = clockOf('UTC', 'en-GB');

describe('rangeOf', () => {
  test('reads what the API reads', () => {
    expect(rangeOf({ from: 'now-1h30m', to: 'now' }, NOW)).toEqual({ from: NOW - 5_400_000, to: NOW });
    expect(rangeOf({ from: '2026-03-12T01:00:00Z', to: '2026-03-12T02:00:00+01:00' }, NOW)).toEqual({
      from: Date.parse('2026-03-12T01:00:00Z'),
      to: Date.parse('2026-03-12T01:00:00Z'),
    });
    expect(instantOf('yesterday', NOW)).toBeUndefined();
  });
});

test('rangeSince holds all that is stored, and a day at most', () => {
  const minutes = [0, 15, 16, 61, 1_000, 1_081, 100_000].map((age) => rangeSince(NOW - age * 60_000, NOW));
  expect(minutes).toEqual(['now-15m', 'now-15m', 'now-30m', 'now-75m', 'now-18h', 'now-24h', 'now-24h']);
});

describe('asked', () => {
  test('names whole seconds that hold the range', () => {
    expect(asked({ from: NOW + 1, to: NOW + 1_001 })).toEqual({
      from: '2026-03-12T03:06:00Z',
      to: '2026-03-12T03:06:02Z',
    });
  });
});

describe('presetOf', () => {
  test('is the duration of a range that ends now', () => {
    expect(presetOf({ from: 'now-24h', to: 'now' })).toBe('24h');
    expect(presetOf({ from: 'now-24h', to: 'now-1h' })).toBeUndefined();
  });
});

describe('zoomedOut', () => {
  test('doubles around the middle, and does not look into the future', () => {
    expect(zoomedOut({ from: NOW - 3_000, to: NOW - 2_000 }, NOW)).toEqual({ from: NOW - 3_500, to: NOW - 1_500 });
    expect(zoomedOut({ from: NOW - 1_000, to: NOW }, NOW)).toEqual({ from: NOW - 2_000, to: NOW });
  });
});

describe('zoomedRange', () => {
  test('keeps ending now what ends now', () => {
    expect(zoomedRange({ from: 'now-24h', to: 'now' }, NOW)).toEqual({ from: 'now-2d', to: 'now' });
    expect(zoomedRange({ from: '2026-03-12T01:00:00Z', to: '2026-03-12T02:00:00Z' }, NOW)).toEqual({
      from: '2026-03-12T00:30:00Z',
      to: '2026-03-12T02:30:00Z',
    });
    expect([1, 5_400_000, 7_200_000].map(durationText)).toEqual(['1m', '90m', '2h']);
  });
});

describe('typedTime', () => {
  test('takes what people type', () => {
    expect(typedTime('-3h', utc, NOW)).toBe('now-3h');
    expect(typedTime(' now - 90m ', utc, NOW)).toBe('now-90m');
    expect(typedTime('now', utc, NOW)).toBe('now');
    expect(typedTime('02:00', utc, NOW)).toBe('2026-03-12T02:00:00Z');
    expect(typedTime('2026-03-11 16:10', utc, NOW)).toBe('2026-03-11T16:10:00Z');
    expect(typedTime('2026-03-11T16:10:00.5Z', utc, NOW)).toBe('2026-03-11T16:10:00.500Z');
    expect(typedTime('2026-03-11', utc, NOW)).toBe('2026-03-11T00:00:00Z');
  });

  test('takes a time of day for the last one, on the clock of the zone', () => {
    expect(typedTime('04:00', utc, NOW)).toBe('2026-03-11T04:00:00Z');
    expect(typedTime('04:00', clockOf('Europe/Berlin', 'en-GB'), NOW)).toBe('2026-03-12T03:00:00Z');
    expect(typedTime('2026-03-11 16:10', clockOf('Europe/Berlin', 'en-GB'), NOW)).toBe('2026-03-11T15:10:00Z');
  });

  test('refuses what is no time', () => {
    for (const text of ['', 'yesterday', '25:00', '-3 hours', '2026-13-40']) {
      expect(typedTime(text, utc, NOW)).toBeUndefined();
    }
  });
});
