import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { componentOf, countOf, type Event } from './event.ts';
import { eventRecord } from './record.ts';
import { firstSeen, lastSeen, parseTimestamp } from './time.ts';

const FIXTURES = join(import.meta.dirname, '..', '..', 'test', 'fixtures', 'events');

function fixture(name: string): Event {
  return JSON.parse(readFileSync(join(FIXTURES, `${name}.json`), 'utf8')) as Event;
}

const iso = (instant: number | undefined): string | undefined =>
  instant === undefined ? undefined : new Date(instant).toISOString();

/** One real event an oddity: first seen, last seen, occurrences, who reported it. */
const ODDITIES: readonly [name: string, first: string, last: string, count: number, component: string][] = [
  ['legacy-single', '2026-11-21T01:36:54.000Z', '2026-11-21T01:36:54.000Z', 1, 'kubelet'],
  ['legacy-count', '2026-11-21T01:42:54.000Z', '2026-11-21T07:00:54.000Z', 85, 'kubelet'],
  ['event-time-only', '2026-11-21T00:10:14.123Z', '2026-11-21T00:10:14.123Z', 1, 'default-scheduler'],
  ['series', '2026-11-20T22:13:14.123Z', '2026-11-21T06:41:44.987Z', 1247, 'default-scheduler'],
  ['null-times', '2026-11-21T07:13:14.000Z', '2026-11-21T06:29:04.000Z', 3, 'kubelet'],
  ['no-times', '2026-11-21T07:13:14.000Z', '2026-11-21T07:13:14.000Z', 1, ''],
  ['combined', '2026-11-18T03:03:14.000Z', '2026-11-21T04:52:44.000Z', 57, 'kubelet'],
  ['custom-resource', '2026-11-01T07:13:14.000Z', '2026-11-01T07:13:14.000Z', 1, 'cert-manager.io/issuer'],
  ['no-name', '2026-11-20T04:13:14.000Z', '2026-11-20T04:13:14.000Z', 1, ''],
];

describe('the time and count of an event', () => {
  test.each(ODDITIES)('%s', (name, first, last, count, component) => {
    const event = fixture(name);
    const found = {
      first: iso(firstSeen(event)),
      last: iso(lastSeen(event)),
      count: countOf(event),
      component: componentOf(event),
    };
    expect(found).toEqual({ first, last, count, component });
  });

  test('is that of the receipt when the event has no time at all', () => {
    const { creationTimestamp: _, ...metadata } = fixture('no-times').metadata;
    const event: Event = { ...fixture('no-times'), metadata };
    const envelope = { cluster: 'c', epoch: 1, scope: '*', receivedAt: 1_000, origin: 'watch', news: true } as const;
    expect(lastSeen(event)).toBeUndefined();
    expect(eventRecord(event, envelope).time).toBe(1_000);
  });
});

describe('countOf', () => {
  test.each([0, -3, 1.5, 1e300, Number.NaN])('takes a count of %d for none', (count) => {
    const event: Event = { metadata: { name: 'a', uid: 'u', resourceVersion: '1' }, involvedObject: {} };
    expect(countOf({ ...event, count })).toBe(1);
    expect(countOf({ ...event, series: { count } })).toBe(1);
  });
});

describe('parseTimestamp', () => {
  test.each([
    ['2026-01-02T03:04:05Z', '2026-01-02T03:04:05.000Z'],
    ['2026-01-02T03:04:05.678901Z', '2026-01-02T03:04:05.678Z'],
    ['2026-01-02T03:04:05+02:00', '2026-01-02T01:04:05.000Z'],
    ['0001-01-01T00:00:00Z', undefined],
    ['yesterday', undefined],
    ['', undefined],
    [null, undefined],
    [undefined, undefined],
  ])('reads %s as %s', (timestamp, instant) => {
    expect(iso(parseTimestamp(timestamp))).toBe(instant);
  });
});
