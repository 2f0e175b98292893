/**
 * An event as a row. What repeats is stored once: the shape says which fields are present, how each is packed and what
 * is constant in them; columns and the involved object hold what queries need; the body holds the rest, in the order
 * of FIELDS, and at its end the JSON of whatever fits nowhere.
 *
 *   shape = origin news codes [SEPARATOR constant]… SEPARATOR scope
 *   origin = "w" | "l" | "i"   news = "+" | "-"
 *   codes = one a container, then one a field of each container that is an object; "-" absent, "x" in the JSON
 *   body  = signed(receivedAt − time) packed fields [JSON]
 */
import type { Event } from '../../core/event.ts';
import type { EventRecord, Origin } from '../../core/record.ts';
import { isObject } from '../../util/is-object.ts';
import { LruMap } from '../../util/lru-map.ts';
import { ByteReader, ByteWriter } from './bytes.ts';
import * as codec from './field-codecs.ts';

type Container = 'metadata' | 'involvedObject' | 'source' | 'series';
type Fields = Record<string, unknown>;

/** The event, or a container that is an object. */
interface Holder {
  readonly name: Container | undefined;
  readonly fields: Fields;
  /** How many fields have a codec: there may be others when it has more. */
  known: number;
}

interface Field {
  /** Absent: a field of the event itself. */
  readonly in?: Container;
  readonly key: string;
  readonly codec: codec.FieldCodec;
}

const ABSENT = '-';
const OBJECT = 'o';
const CONTAINERS: readonly Container[] = ['metadata', 'involvedObject', 'source', 'series'];

// In the order in which the API server prints core/v1 events. The order is part of the stored format: change it, or a
// codec, only together with a migration.
const FIELDS: readonly Field[] = [
  { in: 'metadata', key: 'name', codec: codec.eventName },
  { in: 'metadata', key: 'namespace', codec: codec.inColumn((row) => row.namespace) },
  { in: 'metadata', key: 'uid', codec: codec.inColumn((row) => row.uid) },
  { in: 'metadata', key: 'resourceVersion', codec: codec.inColumn((row) => row.resourceVersion) },
  { in: 'metadata', key: 'creationTimestamp', codec: codec.timestamp },
  { in: 'involvedObject', key: 'kind', codec: codec.inColumn((row) => row.kind) },
  { in: 'involvedObject', key: 'namespace', codec: codec.inColumn((row) => row.objectNamespace) },
  { in: 'involvedObject', key: 'name', codec: codec.inColumn((row) => row.objectName) },
  { in: 'involvedObject', key: 'uid', codec: codec.inColumn((row) => row.objectUid) },
  { in: 'involvedObject', key: 'apiVersion', codec: codec.constant },
  { in: 'involvedObject', key: 'resourceVersion', codec: codec.relatedVersion },
  { in: 'involvedObject', key: 'fieldPath', codec: codec.constant },
  { key: 'reason', codec: codec.inColumn((row) => row.reason) },
  { key: 'message', codec: codec.message },
  { in: 'source', key: 'component', codec: codec.constant },
  { in: 'source', key: 'host', codec: codec.host },
  { key: 'firstTimestamp', codec: codec.timestamp },
  { key: 'lastTimestamp', codec: codec.timestamp },
  { key: 'count', codec: codec.number },
  { key: 'type', codec: codec.inColumn((row) => row.type) },
  { key: 'eventTime', codec: codec.timestamp },
  { in: 'series', key: 'count', codec: codec.number },
  { in: 'series', key: 'lastObservedTime', codec: codec.timestamp },
  { key: 'action', codec: codec.constant },
  { key: 'related', codec: codec.unpacked },
  { key: 'reportingComponent', codec: codec.constant },
  { key: 'reportingInstance', codec: codec.reportingInstance },
];

/** SQL for a shape whose events have names that `eventName` could not pack: the code of the first field is another one. */
export const NAMED_FREELY = `substr(value, ${2 + CONTAINERS.length + 1}, 1) <> 'h'`;

const HOLDER_OF = { '': 0, metadata: 1, involvedObject: 2, source: 3, series: 4 } as const;

const KNOWN = new Map<Container | undefined, ReadonlySet<string>>([
  [undefined, new Set([...CONTAINERS, ...FIELDS.filter((field) => !field.in).map((field) => field.key)])],
  ...CONTAINERS.map((name) => [name, new Set(FIELDS.filter((f) => f.in === name).map((f) => f.key))] as const),
]);

const ORIGINS: Readonly<Record<Origin, string>> = { watch: 'w', list: 'l', import: 'i' };

/** The parts of a row that the codec fills, besides its columns. */
export interface EncodedEvent {
  readonly shape: string;
  readonly template: number | null;
  /** Valid until the next event is encoded. */
  readonly body: Uint8Array;
}

export class EventEncoder {
  readonly #bytes = new ByteWriter();

  encode(record: EventRecord, row: codec.RowContext, dictionary: codec.EncodeDictionary): EncodedEvent {
    const bytes = this.#bytes;
    bytes.clear();
    bytes.signed(record.receivedAt - record.time);
    const constants: string[] = [];
    const context: codec.EncodeContext = {
      row,
      bytes,
      constants,
      dictionary,
      template: null,
      host: undefined,
      parsed: undefined,
    };
    const extra: Fields = {};
    const codes = encodeFields(record.body, context, extra);
    if (Object.keys(extra).length > 0) bytes.bytes(Buffer.from(JSON.stringify(extra)));
    const head = ORIGINS[record.origin] + (record.news ? '+' : '-') + codes;
    const shape = [head, ...constants, record.scope.toWellFormed()].join(codec.SEPARATOR);
    return { shape, template: context.template, body: bytes.written() };
  }
}

function encodeFields(event: Event, context: codec.EncodeContext, extra: Fields): string {
  const ofEvent: Holder = { name: undefined, fields: event, known: 0 };
  const holders: (Holder | undefined)[] = [ofEvent];
  let codes = '';
  for (const name of CONTAINERS) {
    const value = event[name];
    holders.push(isObject(value) ? { name, fields: value, known: 0 } : undefined);
    if (value === undefined) codes += ABSENT;
    else {
      ofEvent.known++;
      codes += isObject(value) ? OBJECT : codec.DOES_NOT_FIT;
      if (!isObject(value)) put(extra, name, value);
    }
  }
  for (const field of FIELDS) {
    const holder = holders[HOLDER_OF[field.in ?? '']];
    if (!holder) continue;
    const value = holder.fields[field.key];
    if (value === undefined) codes += ABSENT;
    else {
      holder.known++;
      const code = field.codec.encode(value, context);
      if (code === codec.DOES_NOT_FIT) putIn(extra, field.in, field.key, value);
      codes += code;
    }
  }
  for (const holder of holders)
    if (holder && Object.keys(holder.fields).length > holder.known) putUnknown(holder, extra);
  return codes;
}

function putUnknown({ name, fields }: Holder, extra: Fields): void {
  const known = KNOWN.get(name);
  for (const key of Object.keys(fields)) {
    if (!known?.has(key) && fields[key] !== undefined) putIn(extra, name, key, fields[key]);
  }
}

/** A shape, taken apart once and decoded with often. */
export interface Shape {
  readonly origin: Origin;
  readonly news: boolean;
  readonly scope: string;
  readonly steps: readonly Step[];
  readonly constants: readonly string[];
}

/** What is put together in turn, for one field or container that is there. */
interface Step {
  /** Where it is put: a place of {@link HOLDER_OF}. */
  readonly holder: number;
  readonly key: string;
  /** Of a container: the place of {@link HOLDER_OF} that it becomes. */
  readonly opens?: number;
  readonly code: string;
  /** Absent for what takes its place in the order now, and its value from the JSON at the end. */
  readonly codec?: codec.FieldCodec;
}

/** Shapes differ in their constants above all. */
const KNOWN_STEPS = new LruMap<string, readonly Step[]>(500);

export function parseShape(shape: string): Shape {
  const [head = '', ...rest] = shape.split(codec.SEPARATOR);
  const codes = head.slice(2);
  const constants = codes.split('c').length - 1;
  let steps = KNOWN_STEPS.get(codes);
  if (!steps) KNOWN_STEPS.set(codes, (steps = stepsOf(codes)));
  return {
    origin: head.startsWith('w') ? 'watch' : head.startsWith('l') ? 'list' : 'import',
    news: head[1] === '+',
    steps,
    constants: rest.slice(0, constants),
    scope: rest.slice(constants).join(codec.SEPARATOR),
  };
}

function stepsOf(codes: string): Step[] {
  const steps: Step[] = [];
  const met = new Set<Container>();
  let index = CONTAINERS.length;
  for (const field of FIELDS) {
    const container = field.in;
    if (container !== undefined) {
      const code = codes[CONTAINERS.indexOf(container)] ?? ABSENT;
      // A container has its place in the event where the first of its fields would be.
      if (!met.has(container) && code !== ABSENT) {
        steps.push({ holder: 0, key: container, code, ...(code === OBJECT && { opens: HOLDER_OF[container] }) });
      }
      met.add(container);
      if (code !== OBJECT) continue;
    }
    const code = codes[index++] ?? ABSENT;
    if (code === ABSENT) continue;
    const unpack = code === codec.DOES_NOT_FIT ? {} : { codec: field.codec };
    steps.push({ holder: HOLDER_OF[container ?? ''], key: field.key, code, ...unpack });
  }
  return steps;
}

export interface StoredRow {
  readonly shape: Shape;
  readonly template: number | null;
  readonly body: Buffer;
  readonly time: number;
  readonly context: codec.RowContext;
}

export function decodeEvent(
  { shape, template, body, time, context: row }: StoredRow,
  dictionary: codec.DecodeDictionary,
): { readonly event: Event; readonly receivedAt: number } {
  const bytes = new ByteReader(body);
  const receivedAt = time + bytes.signed();
  const { constants } = shape;
  const context: codec.DecodeContext = {
    row,
    bytes,
    constants,
    dictionary,
    template,
    nextConstant: 0,
    host: undefined,
  };
  const event: Fields = {};
  const holders: Fields[] = [event];
  for (const { holder, key, opens, code, codec: packed } of shape.steps) {
    const target = holders[holder] ?? event;
    if (opens !== undefined) holders[opens] = target[key] = {};
    else target[key] = packed?.decode(code, context);
  }
  if (bytes.remaining > 0) mergeExtra(JSON.parse(bytes.bytes(bytes.remaining).toString()) as Fields, holders);
  // Everything the API server sent was an Event when it was stored.
  return { event: event as unknown as Event, receivedAt };
}

function mergeExtra(extra: Fields, holders: readonly (Fields | undefined)[]): void {
  const event = holders[0] ?? {};
  for (const key of Object.keys(extra)) {
    const value = extra[key];
    const holder = CONTAINERS.some((name) => name === key) ? holders[HOLDER_OF[key as Container]] : undefined;
    if (!holder || !isObject(value)) put(event, key, value);
    else for (const inner of Object.keys(value)) put(holder, inner, value[inner]);
  }
}

function putIn(extra: Fields, container: Container | undefined, key: string, value: unknown): void {
  if (container === undefined) {
    put(extra, key, value);
    return;
  }
  const inner = extra[container];
  if (isObject(inner)) put(inner, key, value);
  else {
    const fields: Fields = {};
    put(fields, key, value);
    put(extra, container, fields);
  }
}

/** Unlike an assignment, safe for a field that is called `__proto__`. */
function put(target: Fields, key: string, value: unknown): void {
  if (key !== '__proto__') target[key] = value;
  else Object.defineProperty(target, key, { value, enumerable: true, writable: true, configurable: true });
}
