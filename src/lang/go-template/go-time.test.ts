import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { formatDuration } from './duration.ts';
import { GoTime, timeFromCivil, timeFromNanoseconds, ZERO_TIME } from './go-time.ts';
import { parseTime } from './time-parse.ts';
import { fixedZone, loadLocation, UTC } from './time-zone.ts';

const RFC3339 = '2006-01-02T15:04:05.999999999Z07:00';
const instant = (iso: string): number => Date.parse(iso) / 1000;

describe('GoTime', () => {
  // As Go prints them.
  test.each([
    ['UTC', 'Monday, 02-Jan-06 15:04:05 MST', 'Thursday, 29-Feb-24 13:04:05 UTC'],
    ['Europe/Berlin', 'Mon Jan _2 15:04:05 MST 2006', 'Thu Feb 29 14:04:05 CET 2024'],
    ['America/New_York', '2006-01-02T15:04:05.999Z07:00', '2024-02-29T08:04:05.12-05:00'],
    ['Asia/Kolkata', '3:04PM -0700 MST', '6:34PM +0530 IST'],
    ['America/Sao_Paulo', 'MST Z0700 Z07', '-03 -0300 -03'],
    ['Asia/Kathmandu', 'MST -07:00:00', '+0545 +05:45:00'],
    ['UTC', 'Jan January 1 01 002 __2 2 02 _2 _2006 06', 'Feb February 2 02 060  60 29 29 29 _2024 24'],
    ['UTC', '.000000 .9 ,000 .00x .0000009', '.120456 .1 ,120 .12x .0000009'],
    ['UTC', 'Janet Mondayish PM pm Z07:00', 'Janet Thursdayish PM pm Z'],
  ])('in %s is written as %s', (zone, layout, text) => {
    const time = new GoTime(instant('2024-02-29T13:04:05Z'), 120_456_000, loadLocation(zone));
    expect(time.format(layout)).toBe(text);
  });

  test('prints as Go prints it', () => {
    expect(String(ZERO_TIME)).toBe('0001-01-01 00:00:00 +0000 UTC');
    expect(String(timeFromNanoseconds(-1n))).toBe('1969-12-31 23:59:59.999999999 +0000 UTC');
  });

  test('agrees with JavaScript on every date', () => {
    fc.assert(
      fc.property(
        fc.date({ min: new Date('0000-01-01'), max: new Date('9999-12-31'), noInvalidDate: true }),
        (date) => {
          const time = timeFromNanoseconds(BigInt(date.getTime()) * 1_000_000n);
          expect(time.format('2006-01-02T15:04:05.000Z')).toBe(date.toISOString());
          expect(time.civil.weekday).toBe(date.getUTCDay());
          const { year, month, day, hour, minute, second } = time.civil;
          expect(timeFromCivil({ year, month, day, hour, minute, second }, 0, UTC).unixSeconds).toBe(time.unixSeconds);
        },
      ),
    );
  });

  test('carries months and days beyond their range over', () => {
    const civil = { year: 2024, month: 14, day: 31, hour: 25, minute: -1, second: 0 };
    expect(String(timeFromCivil(civil, 0, UTC))).toBe('2025-03-04 00:59:00 +0000 UTC');
  });

  test('finds the instant of a time of day on both sides of a change of offset', () => {
    const berlin = loadLocation('Europe/Berlin');
    const at = (hour: number, day: number, month: number) =>
      timeFromCivil({ year: 2024, month, day, hour, minute: 30, second: 0 }, 0, berlin).format('15:04 -0700');
    expect([at(1, 31, 3), at(2, 31, 3), at(3, 31, 3), at(2, 27, 10)]).toEqual([
      '01:30 +0100',
      '03:30 +0200',
      '03:30 +0200',
      '02:30 +0100',
    ]);
  });
});

describe('loadLocation', () => {
  test.each([['No/Where'], ['+05:00'], ['europe/berlin']])('refuses %s', (name) => {
    expect(() => loadLocation(name)).toThrow(`unknown time zone ${name}`);
  });
});

describe('parseTime', () => {
  test('reads back what was formatted', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: instant('0001-01-01'), max: instant('9999-12-31') }),
        fc.nat(999_999_999),
        fc.constantFrom('UTC', 'Europe/Berlin', 'Asia/Kolkata'),
        (seconds, nanosecond, zone) => {
          const time = new GoTime(seconds, nanosecond, loadLocation(zone));
          const { unixNanoseconds } = parseTime(
            '2006-01-02T15:04:05.999999999Z07:00:00',
            time.format('2006-01-02T15:04:05.999999999Z07:00:00'),
          );
          expect(unixNanoseconds).toBe(time.unixNanoseconds);
        },
      ),
    );
  });

  // As Go reads them.
  test.each([
    ['2006-01-02', '2024-02-29', '2024-02-29 00:00:00 +0000 UTC'],
    ['2006-01-02 15:04:05', '2024-02-29 13:04:05.25', '2024-02-29 13:04:05.25 +0000 UTC'],
    ['Jan _2 2006 3:04PM', 'feb  9 2024 12:30AM', '2024-02-09 00:30:00 +0000 UTC'],
    ['2006-002', '2024-060', '2024-02-29 00:00:00 +0000 UTC'],
    ['06-1-2 MST', '70-3-4 CET', '1970-03-04 00:00:00 +0000 CET'],
    ['2006 MST', '2024 GMT+3', '2024-01-01 03:00:00 +0300 GMT+3'],
    ['15:04:05 -0700', '01:02:03 -0230', '0000-01-01 01:02:03 -0230 -0230'],
    [RFC3339, '2024-02-29T13:04:05Z', '2024-02-29 13:04:05 +0000 UTC'],
  ])('reads by %s %s', (layout, text, time) => {
    expect(String(parseTime(layout, text))).toBe(time);
  });

  test.each([
    ['2006-01-02', '2024-13-01', 'parsing time "2024-13-01": month out of range'],
    ['2006-01-02', '2024-02-30', 'parsing time "2024-02-30": day out of range'],
    ['2006-01-02', '2024-02-01x', 'parsing time "2024-02-01x": extra text: "x"'],
    ['2006-01-02', '24-02-01', 'parsing time "24-02-01" as "2006-01-02": cannot parse "24-02-01" as "2006"'],
    ['2006-01-02', '2024/02', 'parsing time "2024/02" as "2006-01-02": cannot parse "/02" as "-"'],
    ['15:04', '24:00', 'parsing time "24:00": hour out of range'],
    ['2006-002', '2023-366', 'parsing time "2023-366": day-of-year out of range'],
    [RFC3339, '', `parsing time "" as "${RFC3339}": cannot parse "" as "2006"`],
  ])('refuses by %s %s', (layout, text, message) => {
    expect(() => parseTime(layout, text)).toThrow(message);
  });

  test('takes what names no zone for a time of the location', () => {
    expect(String(parseTime('2006', '2024', fixedZone('X', 3600)))).toBe('2024-01-01 00:00:00 +0100 X');
  });
});

describe('formatDuration', () => {
  test.each([
    [0n, '0s'],
    [1n, '1ns'],
    [1100n, '1.1µs'],
    [2_200_000n, '2.2ms'],
    [3_300_000_000n, '3.3s'],
    [245_000_000_000n, '4m5s'],
    [18_367_001_000_000n, '5h6m7.001s'],
    [-60_000_000_000n, '-1m0s'],
    [-(1n << 63n), '-2562047h47m16.854775808s'],
  ])('of %s is %s', (nanoseconds, text) => {
    expect(formatDuration(nanoseconds)).toBe(text);
  });
});
