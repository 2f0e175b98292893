/** Go values of given types over parsed JSON, as `json.Unmarshal` fills them: each field when it is first read. */

import { type GoTime, TIME, timeFromNanoseconds, ZERO_TIME } from './go-time.ts';
import type { GoField, GoType } from './go-type.ts';
import type { GoLocation } from './time-zone.ts';
import { GoMap, GoPointer, GoSlice, GoStruct, type GoValue, typed, zeroOf } from './value.ts';

/** A struct whose fields are made when they are asked for, once. */
export class LazyStruct extends GoStruct {
  readonly #make: (field: GoField, index: number) => GoValue;
  readonly #made: (GoValue | undefined)[] = [];

  constructor(type: GoType, make: (field: GoField, index: number) => GoValue) {
    super(type, []);
    this.#make = make;
  }

  override field(index: number): GoValue {
    const known = this.#made[index];
    if (known !== undefined) return known;
    const field = this.type.fields[index];
    const value = field === undefined ? null : this.#make(field, index);
    this.#made[index] = value;
    return value;
  }
}

/** What JSON says for a value of the type; what does not fit it is its zero. Times are read in the location. */
export function decode(type: GoType, json: unknown, location: GoLocation): GoValue {
  if (type === TIME) return timeOf(json, location);
  if (type.kind === 'struct') return structOver(type, json, location);
  if (json === null || json === undefined) return zeroOf(type);
  const { elem } = type;
  return (elem === undefined ? basicOver(type, json) : compositeOver(type, elem, json, location)) ?? zeroOf(type);
}

function basicOver(type: GoType, json: unknown): GoValue | undefined {
  const { kind } = type;
  if (kind === 'string' && typeof json === 'string') return typed(type, json.toWellFormed());
  if (kind === 'bool' && typeof json === 'boolean') return typed(type, json);
  return /^u?int/.test(kind) && Number.isSafeInteger(json) ? typed(type, BigInt(json as number)) : undefined;
}

function compositeOver(type: GoType, elem: GoType, json: unknown, location: GoLocation): GoValue | undefined {
  const item = (value: unknown): GoValue => decode(elem, value, location);
  if (type.kind === 'ptr') return new GoPointer(type, item(json));
  if (type.kind === 'slice') return Array.isArray(json) ? new GoSlice(type, json.map(item)) : undefined;
  if (type.kind !== 'map' || typeof json !== 'object' || json === null) return undefined;
  return new GoMap(
    type,
    Object.entries(json).map(([key, value]) => [key.toWellFormed(), item(value)] as const),
  );
}

function structOver(type: GoType, json: unknown, location: GoLocation): GoStruct {
  const members = typeof json === 'object' && json !== null ? (json as Readonly<Record<string, unknown>>) : {};
  return new LazyStruct(type, (field) => {
    const name = field.json?.split(',')[0] ?? '';
    // An embedded field without a name has its members beside the others; a time is text itself.
    return decode(field.type, name === '' ? json : members[name], location);
  });
}

const INSTANT = /^(.{19})(?:\.(\d{1,9}))?(Z|[+-]\d\d:\d\d)$/;

/** RFC 3339, to the nanosecond. */
function timeOf(json: unknown, location: GoLocation): GoTime {
  const [, seconds = '', fraction = '', zone = ''] = typeof json === 'string' ? (INSTANT.exec(json) ?? []) : [];
  const instant = Date.parse(seconds + zone);
  if (Number.isNaN(instant)) return ZERO_TIME;
  return timeFromNanoseconds(BigInt(instant) * 1_000_000n + BigInt(fraction.padEnd(9, '0')), location);
}
