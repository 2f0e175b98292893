import fc from 'fast-check';
import { expect, test } from 'vitest';
import { localTime } from './_time-zone.ts';

const ZONES = ['UTC', 'Europe/Berlin', 'America/St_Johns', 'Asia/Kathmandu', 'Australia/Lord_Howe', '-03:30'];

/** What the clocks showed, by the way that is slow and surely right. */
function shown(instant: Date, timeZone: string): string {
  return instant.toLocaleString('sv-SE', { timeZone });
}

test('localTime reads what the clocks of the zone showed', () => {
  const clocks = ZONES.map((zone) => ({ zone, local: localTime(zone) }));
  const year = Date.parse('2026-01-01T00:00:00Z');
  const instant = fc.oneof(
    fc.date({ min: new Date('1980-01-01T00:00:00Z'), max: new Date('2037-01-01T00:00:00Z'), noInvalidDate: true }),
    // Close together, and about the hours in which clocks change.
    fc.integer({ min: 0, max: 365 * 24 * 60 }).map((minute) => new Date(year + minute * 60_000 + 999)),
  );
  fc.assert(
    fc.property(fc.constantFrom(...clocks), instant, ({ zone, local }, at) => {
      expect(local(at).toISOString().slice(0, 19).replace('T', ' ')).toBe(shown(at, zone));
      expect(local(at).getUTCMilliseconds()).toBe(at.getUTCMilliseconds());
    }),
    { numRuns: 500 },
  );
  for (const time of ['00:59:59', '01:00:00', '00:44:59', '01:15:00']) {
    const at = new Date(`2026-03-29T${time}Z`);
    for (const { zone, local } of clocks) expect(local(at).toISOString().slice(11, 19)).toBe(shown(at, zone).slice(11));
  }
});

test('localTime refuses what is no zone', () => {
  for (const zone of ['', 'Europe/Nowhere', '+25:00', '2:00']) expect(() => localTime(zone)).toThrow(RangeError);
});
