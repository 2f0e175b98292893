/** Go's layouts: the time 2006-01-02 15:04:05 MST written the way other times are to be. https://pkg.go.dev/time#Layout */
import { type Civil } from './calendar.ts';
import type { ZoneOffset } from './time-zone.ts';

export const MONTHS = [
  'January',
  'February',
  'March',
  'April',
  'May',
  'June',
  'July',
  'August',
  'September',
  'October',
  'November',
  'December',
];
export const WEEKDAYS = ['Sunday', 'Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday'];

/** What a layout's elements are replaced by; everything else stands for itself. */
export const ELEMENT =
  /January|Jan(?![a-z])|Monday|Mon(?![a-z])|MST|002|0[1-6]|15|1|2006|2|__2|_2(?!006)|3|4|5|PM|pm|[-Z]070000|[-Z]07:00:00|[-Z]0700|[-Z]07:00|[-Z]07|[.,](?:0+|9+)(?![0-9])/g;

/** A time as it reads in its zone. */
export interface ZonedTime extends Civil {
  readonly nanosecond: number;
  readonly zone: ZoneOffset;
}

/** `Time.Format`. */
export const formatTime = (time: ZonedTime, layout: string): string =>
  layout.replace(ELEMENT, (element) => formatElement(time, element));

const two = (value: number): string => String(value).padStart(2, '0');
const hour12 = (hour: number): number => hour % 12 || 12;

const FORMATS: Readonly<Record<string, (time: ZonedTime) => string>> = {
  January: ({ month }) => MONTHS[month - 1] ?? '',
  Jan: ({ month }) => MONTHS[month - 1]?.slice(0, 3) ?? '',
  '1': ({ month }) => String(month),
  '01': ({ month }) => two(month),
  Monday: ({ weekday }) => WEEKDAYS[weekday] ?? '',
  Mon: ({ weekday }) => WEEKDAYS[weekday]?.slice(0, 3) ?? '',
  '2': ({ day }) => String(day),
  _2: ({ day }) => String(day).padStart(2, ' '),
  '02': ({ day }) => two(day),
  __2: ({ yearDay }) => String(yearDay).padStart(3, ' '),
  '002': ({ yearDay }) => String(yearDay).padStart(3, '0'),
  '15': ({ hour }) => two(hour),
  '3': ({ hour }) => String(hour12(hour)),
  '03': ({ hour }) => two(hour12(hour)),
  '4': ({ minute }) => String(minute),
  '04': ({ minute }) => two(minute),
  '5': ({ second }) => String(second),
  '05': ({ second }) => two(second),
  '2006': ({ year }) => (year < 0 ? '-' : '') + String(Math.abs(year)).padStart(4, '0'),
  '06': ({ year }) => two(Math.abs(year) % 100),
  PM: ({ hour }) => (hour >= 12 ? 'PM' : 'AM'),
  pm: ({ hour }) => (hour >= 12 ? 'pm' : 'am'),
  MST: ({ zone }) => zone.abbreviation || formatOffset(zone.seconds, '-0700', false),
};

function formatElement(time: ZonedTime, element: string): string {
  const format = FORMATS[element];
  if (format !== undefined) return format(time);
  if (element.startsWith('.') || element.startsWith(',')) return formatFraction(time.nanosecond, element);
  if (element.startsWith('Z') && time.zone.seconds === 0) return 'Z';
  return formatOffset(time.zone.seconds, element, element.includes(':'));
}

/** .000 writes as many digits, .999 leaves the zeros at the end away. */
function formatFraction(nanosecond: number, element: string): string {
  const digits = String(nanosecond)
    .padStart(9, '0')
    .slice(0, element.length - 1)
    .padEnd(element.length - 1, '0');
  const kept = element[1] === '9' ? digits.slice(0, 9).replace(/0+$/, '') : digits;
  return kept === '' ? '' : (element[0] ?? '') + kept;
}

function formatOffset(seconds: number, element: string, colons: boolean): string {
  const size = Math.abs(seconds);
  const parts = [Math.floor(size / 3600), Math.floor(size / 60) % 60, size % 60].map(two);
  const count = Math.floor(element.replaceAll(':', '').length / 2);
  return (seconds < 0 ? '-' : '+') + parts.slice(0, count).join(colons ? ':' : '');
}
