import { describe, expect, test } from 'vitest';
import fixture from './age.fixture.json' with { type: 'json' };
import { age, describedAge, firstSeenAge, humanDuration, lastSeenAge } from './age.ts';
import type { Event } from './event.ts';

const NOW = Date.parse('2026-01-02T12:00:00Z');
const ago = (ms: number): string => new Date(NOW - ms).toISOString();
const event = (fields: Partial<Event>): Event => ({
  metadata: { name: 'a', uid: 'u', resourceVersion: '1', creationTimestamp: ago(1_000) },
  involvedObject: {},
  ...fields,
});
const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

describe('humanDuration', () => {
  test('prints what the Go function of kubectl prints', () => {
    expect(fixture.rows.length).toBeGreaterThan(400);
    const differing = fixture.rows.filter(([ms, human]) => humanDuration(Number(ms)) !== human);
    expect(differing).toEqual([]);
  });
});

describe('age', () => {
  test.each([null, undefined, '', '0001-01-01T00:00:00Z', 'yesterday'])('of %s is unknown', (timestamp) => {
    expect(age(timestamp, NOW)).toBe('<unknown>');
  });

  test('of a clock that is ahead is 0s up to a second and invalid beyond two', () => {
    expect(age(ago(-900), NOW)).toBe('0s');
    expect(age(ago(-2_000), NOW)).toBe('<invalid>');
  });
});

describe('describedAge', () => {
  test.each<[string, Partial<Event>, string]>([
    [
      'a count',
      { count: 5, firstTimestamp: ago(5 * HOUR + 36 * MINUTE), lastTimestamp: ago(83_000) },
      '83s (x5 over 5h36m)',
    ],
    ['a count of 1', { count: 1, firstTimestamp: ago(150_000), lastTimestamp: ago(83_000) }, '2m30s'],
    ['a series', { eventTime: ago(9 * HOUR), series: { count: 7, lastObservedTime: ago(MINUTE) } }, '60s (x7 over 9h)'],
    [
      'a series never observed',
      { eventTime: ago(9 * HOUR), series: { count: 2, lastObservedTime: null } },
      '<unknown> (x2 over 9h)',
    ],
    ['eventTime before firstTimestamp', { eventTime: ago(HOUR), firstTimestamp: ago(2 * HOUR) }, '60m'],
    ['no time at all', {}, '<unknown>'],
  ])('of %s', (_, fields, expected) => {
    expect(describedAge(event(fields), NOW)).toBe(expected);
  });
});

describe('lastSeenAge and firstSeenAge', () => {
  test.each<[string, Partial<Event>, string, string]>([
    ['both timestamps', { firstTimestamp: ago(HOUR), lastTimestamp: ago(MINUTE) }, '60s', '60m'],
    ['eventTime alone', { eventTime: ago(HOUR) }, '60m', '60m'],
    ['a series', { eventTime: ago(HOUR), series: { count: 2, lastObservedTime: ago(MINUTE) } }, '60s', '60m'],
    [
      'Go zero times',
      { firstTimestamp: '0001-01-01T00:00:00Z', lastTimestamp: '0001-01-01T00:00:00Z' },
      '<unknown>',
      '<unknown>',
    ],
    ['lastTimestamp alone', { lastTimestamp: ago(MINUTE) }, '60s', '<unknown>'],
  ])('of %s', (_, fields, last, first) => {
    expect([lastSeenAge(event(fields), NOW), firstSeenAge(event(fields), NOW)]).toEqual([last, first]);
  });
});
