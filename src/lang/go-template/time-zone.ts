/** Time zones over the data Intl brings. */
import { GoType, STRING } from './go-type.ts';
import { GoError, type GoObject } from './value.ts';
import { abbreviationOf, parseOffset, zoneName } from './zone-abbreviation.ts';

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

let local: GoLocation | undefined;

/** `time.Local`. Found out when it is asked for: the first zone that Intl looks up takes 8 MiB of memory. */
export function localZone(): GoLocation {
  if (local === undefined) {
    const zone = new Intl.DateTimeFormat().resolvedOptions().timeZone;
    local = zoneOf(zone === 'UTC' ? 'UTC' : 'Local', zone);
  }
  return local;
}

const locations = new Map<string, GoLocation>();

/** `time.LoadLocation`; throws a GoError for a name nobody knows. */
export function loadLocation(name: string): GoLocation {
  if (name === '' || name === 'UTC') return UTC;
  if (name === 'Local') return localZone();
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
