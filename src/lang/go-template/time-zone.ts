/**
 * Time zones over the data Intl brings: offsets, and the abbreviations that tzdata gives them, which Intl knows by the
 * locales that use them only.
 */
import { GoType, STRING } from './go-type.ts';
import { GoError, type GoObject } from './value.ts';

/** What a zone is at an instant. */
export interface ZoneOffset {
  readonly seconds: number;
  readonly abbreviation: string;
}

const LOCATION = new GoType('time.Location', 'struct', true, {
  methods: {
    String: {
      params: [],
      result: STRING,
      pointer: true,
      call: (receiver) => (receiver instanceof GoLocation ? receiver.name : 'UTC'),
    },
  },
});

/** A `*time.Location`. */
export class GoLocation implements GoObject {
  readonly type: GoType = LOCATION.pointerTo();
  readonly name: string;
  readonly #offsetAt: (unixSeconds: number) => ZoneOffset;

  constructor(name: string, offsetAt: (unixSeconds: number) => ZoneOffset) {
    this.name = name;
    this.#offsetAt = offsetAt;
  }

  offsetAt(unixSeconds: number): ZoneOffset {
    return this.#offsetAt(unixSeconds);
  }
}

/** `time.FixedZone`. */
export const fixedZone = (abbreviation: string, seconds: number): GoLocation =>
  new GoLocation(abbreviation, () => ({ seconds, abbreviation }));

export const UTC = fixedZone('UTC', 0);

const LOCAL_ZONE = new Intl.DateTimeFormat().resolvedOptions().timeZone;

/** `time.Local`. */
export const LOCAL = zoneOf(LOCAL_ZONE === 'UTC' ? 'UTC' : 'Local', LOCAL_ZONE);

const locations = new Map<string, GoLocation>();

/** `time.LoadLocation`; throws a GoError for a name nobody knows. */
export function loadLocation(name: string): GoLocation {
  if (name === '' || name === 'UTC') return UTC;
  if (name === 'Local') return LOCAL;
  const known = locations.get(name);
  if (known !== undefined) return known;
  // Intl also takes offsets, other cases of letters and its own names.
  if (!/^[A-Z]/.test(name) || !isZone(name)) throw new GoError(`unknown time zone ${name}`);
  const location = zoneOf(name, name);
  locations.set(name, location);
  return location;
}

function isZone(name: string): boolean {
  try {
    return new Intl.DateTimeFormat('en-US', { timeZone: name }).resolvedOptions().timeZone !== '';
  } catch {
    return false;
  }
}

/** Offsets change at full quarters of an hour. */
const QUARTER = 900;
const MAX_CACHED = 1000;

function zoneOf(name: string, timeZone: string): GoLocation {
  if (timeZone === 'UTC' || timeZone === 'Etc/UTC') return new GoLocation(name, UTC.offsetAt.bind(UTC));
  const offsets = new Intl.DateTimeFormat('en-US', { timeZone, timeZoneName: 'longOffset' });
  const cache = new Map<number, ZoneOffset>();
  return new GoLocation(name, (unixSeconds) => {
    const quarter = Math.floor(unixSeconds / QUARTER);
    let zone = cache.get(quarter);
    if (zone === undefined) {
      const instant = quarter * QUARTER * 1000;
      const seconds = parseOffset(zoneName(offsets, instant));
      zone = { seconds, abbreviation: abbreviationOf(timeZone, instant, seconds) };
      if (cache.size >= MAX_CACHED) cache.clear();
      cache.set(quarter, zone);
    }
    return zone;
  });
}

const zoneName = (format: Intl.DateTimeFormat, instant: number): string =>
  format.formatToParts(instant).find((part) => part.type === 'timeZoneName')?.value ?? '';

/** `GMT-04:56:02`, `GMT`. */
function parseOffset(text: string): number {
  const [, sign, hours, minutes, seconds] = /^GMT(?:([+-])(\d\d):(\d\d)(?::(\d\d))?)?$/.exec(text) ?? [];
  const total = Number(hours ?? 0) * 3600 + Number(minutes ?? 0) * 60 + Number(seconds ?? 0);
  return sign === '-' ? -total : total;
}

/** Locales that name the zones of their region by letters; tzdata does not know their GST. */
const LOCALES = ['en-US', 'en-GB', 'en-AU', 'en-CA', 'en-NZ', 'en-IN', 'en-ZA'];

/** tzdata's abbreviations that Intl has in no locale, by offset where there is summer time. */
const ABBREVIATIONS: Readonly<Record<string, string>> = {
  'Asia/Tokyo': 'JST',
  'Asia/Seoul': 'KST',
  'Asia/Shanghai': 'CST',
  'Asia/Taipei': 'CST',
  'Asia/Hong_Kong': 'HKT',
  'Asia/Manila': 'PST',
  'Asia/Jakarta': 'WIB',
  'Asia/Makassar': 'WITA',
  'Asia/Jayapura': 'WIT',
  'Asia/Karachi': 'PKT',
  'Asia/Calcutta': 'IST',
  'Asia/Kolkata': 'IST',
  'Europe/Moscow': 'MSK',
  'Europe/Simferopol': 'MSK',
  'Africa/Johannesburg': 'SAST',
  'Africa/Nairobi': 'EAT',
  'Africa/Lagos': 'WAT',
  'Africa/Maputo': 'CAT',
  'Africa/Khartoum': 'CAT',
  'Pacific/Guam': 'ChST',
  'Pacific/Pago_Pago': 'SST',
  'Europe/Dublin 3600': 'IST',
  'Asia/Jerusalem 7200': 'IST',
  'Asia/Jerusalem 10800': 'IDT',
};

function abbreviationOf(timeZone: string, instant: number, seconds: number): string {
  const known = ABBREVIATIONS[`${timeZone} ${seconds}`] ?? ABBREVIATIONS[timeZone];
  if (known !== undefined) return known;
  for (const locale of LOCALES) {
    const name = zoneName(new Intl.DateTimeFormat(locale, { timeZone, timeZoneName: 'short' }), instant);
    if (/^[A-Z]{2,5}$/.test(name) && name !== 'GST' && (name !== 'GMT' || seconds === 0)) return name;
  }
  // tzdata names the others by their offset.
  const minutes = Math.floor(Math.abs(seconds) / 60);
  const digits = [Math.floor(minutes / 60), minutes % 60].map((part) => String(part).padStart(2, '0'));
  return (seconds < 0 ? '-' : '+') + (digits[1] === '00' ? digits[0] : digits.join(''));
}
