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

interface Zone {
  readonly name: string;
  offsetAt(unixSeconds: number): ZoneOffset;
}

/** A `*time.Location`. Found out when it is needed: the first zone that Intl looks up takes 8 MiB of memory. */
export class GoLocation implements GoObject, Zone {
  readonly type: GoType = LOCATION.pointerTo();
  readonly #find: () => Zone;
  #found: Zone | undefined;

  constructor(find: () => Zone) {
    this.#find = find;
  }

  get name(): string {
    return this.#zone.name;
  }

  offsetAt(unixSeconds: number): ZoneOffset {
    return this.#zone.offsetAt(unixSeconds);
  }

  get #zone(): Zone {
    this.#found ??= this.#find();
    return this.#found;
  }
}

/** `time.FixedZone`. */
export const fixedZone = (abbreviation: string, seconds: number): GoLocation =>
  new GoLocation(() => ({ name: abbreviation, offsetAt: () => ({ seconds, abbreviation }) }));

export const UTC = fixedZone('UTC', 0);

/** `time.Local`: UTC where the system's zone is none that is known, as in Go. */
export const LOCAL = new GoLocation(() => {
  const found = new Intl.DateTimeFormat().resolvedOptions().timeZone;
  const zone = isZone(found) ? found : 'UTC';
  return zoneOf(zone === 'UTC' ? 'UTC' : 'Local', zone);
});

const locations = new Map<string, GoLocation>();

/** `time.LoadLocation`; throws a GoError for a name nobody knows. */
export function loadLocation(name: string): GoLocation {
  if (name === '' || name === 'UTC') return UTC;
  if (name === 'Local') return LOCAL;
  const known = locations.get(name);
  if (known !== undefined) return known;
  // Intl also takes offsets, other cases of letters and its own names.
  if (!/^[A-Z]/.test(name) || !isZone(name)) throw new GoError(`unknown time zone ${name}`);
  const location = new GoLocation(() => zoneOf(name, name));
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

function zoneOf(name: string, timeZone: string): Zone {
  if (timeZone === 'UTC' || timeZone === 'Etc/UTC') return { name, offsetAt: UTC.offsetAt.bind(UTC) };
  const offsets = new Intl.DateTimeFormat('en-US', { timeZone, timeZoneName: 'longOffset' });
  const cache = new Map<number, ZoneOffset>();
  const offsetAt = (unixSeconds: number): ZoneOffset => {
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
  };
  return { name, offsetAt };
}
