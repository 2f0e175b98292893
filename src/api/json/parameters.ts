/** Parameters in the query of a request, checked by the schemas that also describe them. */
import * as v from 'valibot';
import { parseDuration } from '../../config/duration.ts';
import { nearestName } from '../../util/nearest-name.ts';
import { Problem } from './problem.ts';

export type ParameterEntries = v.ObjectEntries;

/** Whatever it takes is a time: of a duration each unit is bounded, so that their sum is. */
const AGO = /-(?=\d)(?:\d{1,2}y)?(?:\d{1,4}w)?(?:\d{1,5}d)?(?:\d{1,6}h)?(?:\d{1,8}m)?(?:\d{1,9}s)?(?:\d{1,12}ms)?/;
// https://www.rfc-editor.org/rfc/rfc3339#section-5.6
const DATE = /\d{4}-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12]\d|3[01])/;
const TIME_OF_DAY = /(?:[01]\d|2[0-3]):[0-5]\d:[0-5]\d(?:\.\d+)?(?:[Zz]|[+-](?:[01]\d|2[0-3]):[0-5]\d)/;
const TIME = new RegExp(`^(?:now(?:${AGO.source})?|${DATE.source}[Tt]${TIME_OF_DAY.source})$`);

export const timeParameter = v.pipe(v.string(), v.regex(TIME, 'a time such as 2026-01-31T08:00:00Z, now or now-24h'));

const names = v.pipe(v.array(v.pipe(v.string(), v.nonEmpty('a name'))), v.maxLength(100, 'at most 100 of them'));

export function namesParameter(description: string) {
  return v.exactOptional(v.pipe(names, v.description(description)));
}

const zone = v.pipe(
  v.string(),
  v.check(isZone, 'a time zone such as Europe/Berlin or UTC'),
  v.description('The time zone that days begin in: an IANA name, UTC without it.'),
);

/** What is asked about: the parameters that all reads of events share. */
export const rangeParameters = {
  from: v.exactOptional(
    v.pipe(timeParameter, v.description('Last seen at or after it: RFC 3339, or `now-24h`, which it is without it.')),
  ),
  to: v.exactOptional(v.pipe(timeParameter, v.description('Last seen at or before it; `now` without it.'))),
  cluster: v.exactOptional(v.pipe(names, v.description('Of these clusters; of all without it. May be repeated.'))),
  namespace: v.exactOptional(
    v.pipe(
      names,
      v.description('Of these namespaces; of all without it, which takes the right to read all. May be repeated.'),
    ),
  ),
  q: v.exactOptional(v.pipe(v.string(), v.description('A filter in the short form.'))),
  cel: v.exactOptional(v.pipe(v.string(), v.description('A filter in CEL; with `q`, both have to hold.'))),
  tz: v.exactOptional(zone),
} as const;

const MOST_SECONDS = 30;
const wantedSeconds = `a whole number from 1 to ${MOST_SECONDS}`;

/** For how long is looked before what was found has to do. */
export const timeoutParameter = v.exactOptional(
  v.pipe(
    v.number(wantedSeconds),
    v.integer(wantedSeconds),
    v.minValue(1, wantedSeconds),
    v.maxValue(MOST_SECONDS, wantedSeconds),
    v.description('The answer may take so long before it goes without the rest: see `leftOut.before`.'),
  ),
  2,
);

/** Milliseconds of a time as {@link timeParameter} takes it. */
export function timeOf(text: string, now: number): number {
  if (text === 'now') return now;
  const ago = /^now-(.+)$/.exec(text)?.[1];
  return ago === undefined ? Date.parse(text.toUpperCase()) : now - (parseDuration(ago) ?? 0);
}

function isZone(name: string): boolean {
  try {
    return new Intl.DateTimeFormat('en', { timeZone: name }).resolvedOptions().timeZone !== '';
  } catch {
    return false;
  }
}

export function limitParameter(most: number, usual: number) {
  const wanted = `a whole number from 1 to ${most}`;
  return v.exactOptional(
    v.pipe(v.number(wanted), v.integer(wanted), v.minValue(1, wanted), v.maxValue(most, wanted)),
    usual,
  );
}

/** Throws {@link Problem} 400. Numbers and lists are taken for what the schema says they are. */
export function parseParameters<TEntries extends ParameterEntries>(
  entries: TEntries,
  query: URLSearchParams,
): v.InferOutput<v.StrictObjectSchema<TEntries, undefined>> {
  const given: Record<string, unknown> = {};
  for (const name of new Set(query.keys())) {
    const schema = Object.hasOwn(entries, name) ? entries[name] : undefined;
    if (!schema) throw unknownParameter(name, Object.keys(entries));
    given[name] = read(name, query.getAll(name), typeOf(schema));
  }
  const result = v.safeParse(v.strictObject(entries), given);
  if (result.success) return result.output;
  const [{ path, message }] = result.issues;
  const parameter = String(path?.[0].key);
  throw invalidParameter(parameter, query.getAll(parameter).join(', '), message);
}

export function invalidParameter(parameter: string, found: string, wanted: string): Problem {
  return new Problem(400, `${parameter}: found ${JSON.stringify(found)}, want ${wanted}`, { parameter });
}

function read(name: string, values: readonly string[], type: string): unknown {
  if (type === 'array') return values;
  const [value = '', ...others] = values;
  if (others.length > 0)
    throw new Problem(400, `${name}: found it ${values.length} times, want it once`, { parameter: name });
  if (type === 'number') return value.trim() === '' ? value : Number(value);
  if (type === 'boolean') return value === 'true' || (value === 'false' ? false : value);
  return value;
}

function unknownParameter(name: string, known: readonly string[]): Problem {
  const nearest = nearestName(name, known);
  const wanted = known.length === 0 ? 'none' : `one of ${known.join(', ')}`;
  return new Problem(400, `found a parameter ${JSON.stringify(name)}, want ${wanted}`, {
    parameter: name,
    ...(nearest !== undefined && { hint: `Did you mean ${nearest}?` }),
  });
}

/** The type of a schema behind what makes it optional. */
function typeOf(schema: v.ObjectEntries[string]): string {
  return 'wrapped' in schema ? typeOf(schema.wrapped) : schema.type;
}
