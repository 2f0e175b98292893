import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { clockOf } from '../time/clock.ts';
import { calendarOf, calendarRange, type HourCell, knownRange, watchedShare } from './calendar.ts';

const HOUR = 3_600_000;
const at = (text: string) => Date.parse(text);
const utc = clockOf('UTC', 'en-GB');
const berlin = clockOf('Europe/Berlin', 'en-GB');
const zones = fc.constantFrom('UTC', 'Europe/Berlin', 'Asia/Kolkata', 'America/St_Johns', 'Pacific/Auckland');
const instants = fc.integer({ min: at('2024-01-01T00:00:00Z'), max: at('2027-12-31T00:00:00Z') });

/** As the API cuts a range into hours. */
function hourly(range: { from: number; to: number }, offset: number, share: (from: number) => number) {
  const start = Math.floor((range.from + offset) / HOUR) * HOUR - offset;
  const count = Math.floor((range.to - start) / HOUR) + 1;
  return { start, cells: Array.from({ length: count }, (_, index) => share(start + index * HOUR)) };
}

describe('calendarRange', () => {
  test('is two weeks of whole days of the zone, or all days of a longer range', () => {
    const range = { from: at('2026-03-11T10:00:00Z'), to: at('2026-03-12T10:00:00Z') };
    expect(calendarRange(range, utc)).toEqual({ from: at('2026-02-27T00:00:00Z'), to: at('2026-03-13T00:00:00Z') });
    expect(calendarRange(range, berlin)).toEqual({ from: at('2026-02-26T23:00:00Z'), to: at('2026-03-12T23:00:00Z') });
    const month = { ...range, from: at('2026-02-01T10:00:00Z') };
    expect(calendarRange(month, utc).from).toBe(at('2026-02-01T00:00:00Z'));
  });

  test('begins and ends with days, whatever the zone, and is never longer than the API answers', () => {
    fc.assert(
      fc.property(zones, instants, fc.integer({ min: 1, max: 400 * 24 }), (zone, to, hours) => {
        const clock = clockOf(zone, 'en-GB');
        const { from, to: end } = calendarRange({ from: to - hours * HOUR, to }, clock);
        expect([clock.startOfDay(from), clock.startOfDay(end)]).toEqual([from, end]);
        expect(end).toBeGreaterThanOrEqual(to);
        expect(end - from).toBeLessThanOrEqual(93 * 24 * HOUR);
        expect(end - from).toBeGreaterThanOrEqual(13 * 24 * HOUR);
      }),
    );
  });
});

describe('calendarOf', () => {
  test('has every hour once, under the hour that its clock shows', () => {
    fc.assert(
      fc.property(zones, instants, (zone, to) => {
        const clock = clockOf(zone, 'en-GB');
        const range = { from: clock.startOfDay(to - 10 * 24 * HOUR), to };
        const scope = { ...hourly(range, clock.offsetAt(range.from), () => 1), breaks: [], gaps: [] };
        const days = calendarOf(scope, range, clock);
        const cells = days.toReversed().flatMap(({ cells }) => cells.filter((cell) => cell !== undefined));
        expect(cells[0]?.from).toBe(range.from);
        expect(cells.at(-1)?.to).toBe(range.to);
        expect(cells.slice(1).map(({ from }) => from)).toEqual(cells.slice(0, -1).map((cell) => cell.to));
        const isShown = (cell: HourCell | undefined, hour: number) =>
          !cell || Number(clock.minutes(cell.from).slice(0, 2)) === hour;
        expect(days.every(({ cells: ofDay }) => ofDay.every(isShown))).toBe(true);
        expect(days.map(({ start }) => start)).toEqual(days.map(({ start }) => clock.startOfDay(start)));
      }),
    );
  });

  test('leaves out the hour that the clock skips, and joins the one that it shows twice', () => {
    const dayOf = (day: string) => {
      const range = { from: berlin.startOfDay(at(`${day}T12:00:00Z`)), to: at(`${day}T20:00:00Z`) };
      let n = 0;
      const scope = { ...hourly(range, berlin.offsetAt(range.from), () => (n++ === 2 ? 0 : 1)), breaks: [], gaps: [] };
      return calendarOf(scope, range, berlin)[0]?.cells;
    };
    const spring = dayOf('2026-03-29');
    expect([spring?.[1]?.share, spring?.[2], spring?.[3]?.share]).toEqual([1, undefined, 0]);
    const autumn = dayOf('2026-10-25');
    expect(autumn?.[2]).toMatchObject({ share: 0.5, isBroken: true });
    expect((autumn?.[2]?.to ?? 0) - (autumn?.[2]?.from ?? 0)).toBe(2 * HOUR);
  });

  test('marks what was healed, and what is not known although the hour was watched', () => {
    const range = { from: at('2026-03-12T00:00:00Z'), to: at('2026-03-12T04:00:00Z') };
    const breaks = [
      { from: '2026-03-12T00:30:00Z', to: '2026-03-12T01:10:00Z', healed: true },
      { from: '2026-03-12T03:05:00Z', to: '2026-03-12T03:05:00Z', healed: false },
    ];
    const scope = { start: range.from, cells: [0.5, 0.833, 1, 1, 0], breaks, gaps: [] };
    const [day] = calendarOf(scope, range, utc);
    expect(day?.cells.slice(0, 5).map((cell) => cell && [cell.share, cell.isBroken, cell.isHealed])).toEqual([
      [0.5, true, true],
      [0.833, true, true],
      [1, false, false],
      [1, true, false],
      undefined,
    ]);
  });

  test('begins with the first observation', () => {
    const range = { from: at('2026-03-12T00:00:00Z'), to: at('2026-03-12T03:00:00Z') };
    const gaps = [{ from: '2026-03-12T00:00:00Z', to: '2026-03-12T01:30:00Z' }];
    const known = knownRange(gaps, range);
    expect(known).toEqual({ from: at('2026-03-12T01:30:00Z'), to: range.to });
    const [day] = calendarOf({ start: range.from, cells: [0, 0.5, 1], breaks: [], gaps }, known ?? range, utc);
    expect(day?.cells.slice(0, 4).map((cell) => cell?.share)).toEqual([undefined, 1, 1, undefined]);
    expect(day?.cells[1]).toMatchObject({ begin: range.from + HOUR, from: known?.from });
    expect(watchedShare(gaps, known ?? range)).toBe(1);
    expect(knownRange([{ from: '2026-03-12T00:00:00Z', to: '2026-03-12T03:00:00Z' }], range)).toBeUndefined();
  });
});
