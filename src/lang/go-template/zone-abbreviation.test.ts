import { describe, expect, test } from 'vitest';
import { loadLocation } from './time-zone.ts';

const WINTER = Date.UTC(2024, 0) / 1000;
const SUMMER = Date.UTC(2024, 6) / 1000;

// As Go prints them from tzdata.
describe('abbreviationOf', () => {
  test.each([
    ['Europe/Berlin', 'CET', 'CEST'],
    ['Europe/London', 'GMT', 'BST'],
    ['Europe/Jersey', 'GMT', 'BST'],
    ['America/New_York', 'EST', 'EDT'],
    ['America/Havana', 'CST', 'CDT'],
    ['America/Adak', 'HST', 'HDT'],
    ['Asia/Kolkata', 'IST', 'IST'],
    ['Asia/Colombo', '+0530', '+0530'],
    ['Asia/Dubai', '+04', '+04'],
    ['Asia/Tokyo', 'JST', 'JST'],
    ['Pacific/Chatham', '+1345', '+1245'],
    ['America/Sao_Paulo', '-03', '-03'],
  ])('knows %s in winter and summer', (zone, winter, summer) => {
    const location = loadLocation(zone);
    expect([WINTER, SUMMER].map((instant) => location.offsetAt(instant).abbreviation)).toEqual([winter, summer]);
  });

  test('knows the time before and after there was a standard one', () => {
    const berlin = loadLocation('Europe/Berlin');
    const of = (year: number): unknown => berlin.offsetAt(Date.UTC(year, 5) / 1000);
    expect(of(1850)).toEqual({ seconds: 3208, abbreviation: 'LMT' });
    expect(of(1900)).toEqual({ seconds: 3600, abbreviation: 'CET' });
    expect(of(1943)).toEqual({ seconds: 7200, abbreviation: 'CEST' });
  });
});
