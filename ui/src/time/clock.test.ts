import { describe, expect, test } from 'vitest';
import { clockOf } from './clock.ts';
import { ticksOf } from './ticks.ts';
import { timeScale } from './time-scale.ts';

const at = (text: string) => Date.parse(text);

describe('clockOf', () => {
  test('tells the time on the wall of a zone', () => {
    const clock = clockOf('Asia/Kolkata', 'en-GB');
    expect(clock.stamp(at('2026-03-12T02:18:04Z'))).toBe('Thu 12 Mar 07:48:04');
    expect(clock.offsetAt(at('2026-03-12T00:00:00Z'))).toBe(5.5 * 3_600_000);
    expect(clock.startOfDay(at('2026-03-12T20:00:00Z'))).toBe(at('2026-03-12T18:30:00Z'));
  });

  test('knows days of 23 and 25 hours', () => {
    const clock = clockOf('Europe/Berlin', 'en-GB');
    const begin = clock.startOfDay(at('2026-03-29T10:00:00Z'));
    expect(begin).toBe(at('2026-03-28T23:00:00Z'));
    expect(clock.startOfDay(at('2026-03-30T10:00:00Z')) - begin).toBe(23 * 3_600_000);
    expect(clock.instantOf(at('2026-10-25T12:00:00Z'))).toBe(at('2026-10-25T11:00:00Z'));
  });

  test('names a span with the days that it needs, and with seconds where they matter', () => {
    const clock = clockOf('UTC', 'en-GB');
    expect(clock.span(at('2026-03-12T01:30:00Z'), at('2026-03-12T01:40:00Z'))).toBe('Thu 12 Mar 01:30 – 01:40');
    expect(clock.span(at('2026-03-11T23:00:00Z'), at('2026-03-12T01:00:00Z'))).toBe(
      'Wed 11 Mar 23:00 – Thu 12 Mar 01:00',
    );
    expect(clock.span(at('2026-03-12T01:30:00Z'), at('2026-03-12T01:30:30Z'))).toBe('Thu 12 Mar 01:30:00 – 01:30:30');
  });
});

describe('ticksOf', () => {
  test('are at round times of the zone, and name the day where one begins', () => {
    const range = { from: at('2026-03-11T03:10:00Z'), to: at('2026-03-12T03:10:00Z') };
    const ticks = ticksOf(range, 1_100, clockOf('UTC', 'en-GB'));
    expect(ticks.map(({ label }) => label)).toEqual([
      '04:00',
      '06:00',
      '08:00',
      '10:00',
      '12:00',
      '14:00',
      '16:00',
      '18:00',
      '20:00',
      '22:00',
      'Thu 12 Mar',
      '02:00',
    ]);
    expect(ticksOf(range, 1_100, clockOf('Asia/Kolkata', 'en-GB')).find(({ isMajor }) => isMajor)?.at).toBe(
      at('2026-03-11T18:30:00Z'),
    );
  });

  test('are even on the wall across a change of the clocks', () => {
    const range = { from: at('2026-03-28T23:00:00Z'), to: at('2026-03-29T22:00:00Z') };
    const labels = ticksOf(range, 800, clockOf('Europe/Berlin', 'en-GB')).map(({ label }) => label);
    expect(labels).toEqual(['Sun 29 Mar', '03:00', '06:00', '09:00', '12:00', '15:00', '18:00', '21:00', 'Mon 30 Mar']);
  });

  test('are few, whatever the range', () => {
    const clock = clockOf('UTC', 'en-GB');
    for (const span of [1_000, 60_000, 86_400_000, 90 * 86_400_000, 20_000 * 86_400_000]) {
      expect(ticksOf({ from: 0, to: span }, 300, clock).length).toBeLessThanOrEqual(5);
    }
  });
});

describe('timeScale', () => {
  test('goes both ways, and stays within its range', () => {
    const scale = timeScale({ from: 1_000, to: 2_000 }, 40, 240);
    expect(scale.x(1_500)).toBe(140);
    expect(scale.timeAt(140)).toBe(1_500);
    expect([scale.timeAt(0), scale.timeAt(999)]).toEqual([1_000, 2_000]);
  });
});
