/**
 * The letters tzdata has for zones, which Intl knows by the locales that use them only, and for times since 1970.
 * https://data.iana.org/time-zones/tz-link.html
 */

/** The part of a text that names the zone, in the way the format was asked for. */
export const zoneName = (format: Intl.DateTimeFormat, instant: number): string =>
  format.formatToParts(instant).find((part) => part.type === 'timeZoneName')?.value ?? '';

/** The seconds that `GMT-04:56:02` or `GMT` are from UTC. */
export function parseOffset(text: string): number {
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
  'America/Adak -36000': 'HST',
  'America/Adak -32400': 'HDT',
  'America/Havana -18000': 'CST',
  'America/Havana -14400': 'CDT',
  'America/Dawson': 'MST',
  'America/Whitehorse': 'MST',
  'America/Hermosillo': 'MST',
  'America/Mazatlan': 'MST',
  'Asia/Macau': 'CST',
  'Asia/Pontianak': 'WIB',
  'Asia/Pyongyang': 'KST',
  'Europe/Guernsey 3600': 'BST',
  'Europe/Isle_of_Man 3600': 'BST',
  'Europe/Jersey 3600': 'BST',
  'Europe/Kirov': 'MSK',
  'Europe/Volgograd': 'MSK',
  'Pacific/Midway': 'SST',
  'Pacific/Saipan': 'ChST',
};

/** What Intl has letters for and tzdata only numbers. */
const NUMBERED = new Set([
  'America/Miquelon',
  'Antarctica/Casey',
  'Antarctica/Troll',
  'Asia/Colombo',
  'Australia/Eucla',
  'Australia/Lord_Howe',
  'Pacific/Chatham',
]);

/** Both halves of years whose zones Intl names. */
const NAMED_INSTANTS = [Date.UTC(2024, 0), Date.UTC(2024, 6), Date.UTC(1990, 0), Date.UTC(1990, 6)];

/** The letters of a zone at an instant in milliseconds, where its offset is that many seconds. */
export function abbreviationOf(timeZone: string, instant: number, seconds: number): string {
  // Before there was a standard time, every place had the time of its sun.
  if (seconds % 900 !== 0) return 'LMT';
  const known = ABBREVIATIONS[`${timeZone} ${seconds}`] ?? ABBREVIATIONS[timeZone];
  if (known !== undefined) return known;
  const letters = NUMBERED.has(timeZone)
    ? undefined
    : lettersOf(timeZone, instant < 0 ? namedInstant(timeZone, seconds) : instant, seconds);
  return letters ?? numbersOf(seconds);
}

function lettersOf(timeZone: string, instant: number, seconds: number): string | undefined {
  for (const locale of LOCALES) {
    const name = zoneName(new Intl.DateTimeFormat(locale, { timeZone, timeZoneName: 'short' }), instant);
    if (/^[A-Z]{2,5}$/.test(name) && name !== 'GST' && (name !== 'GMT' || seconds === 0)) return name;
  }
  return undefined;
}

/** An instant at which Intl names what has the offset now, for those at which it names nothing. */
function namedInstant(timeZone: string, seconds: number): number {
  const offsets = new Intl.DateTimeFormat('en-US', { timeZone, timeZoneName: 'longOffset' });
  return NAMED_INSTANTS.find((instant) => parseOffset(zoneName(offsets, instant)) === seconds) ?? 0;
}

/** How tzdata names what has no letters. */
function numbersOf(seconds: number): string {
  const minutes = Math.floor(Math.abs(seconds) / 60);
  const digits = [Math.floor(minutes / 60), minutes % 60].map((part) => String(part).padStart(2, '0'));
  return (seconds < 0 ? '-' : '+') + (digits[1] === '00' ? digits[0] : digits.join(''));
}
