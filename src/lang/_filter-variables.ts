/**
 * What a filter can read, by name and type. Values are made when they are read, from the record as it is: a filter that
 * looks at two fields costs two fields. As in CEL over protocol buffers, a field that is not set reads as its type's
 * zero value, so that a comparison never fails for its absence; `has()` tells the difference.
 * https://github.com/google/cel-spec/blob/master/doc/langdef.md#field-selection
 */
import type { Environment } from '@marcbachmann/cel-js';
import type { EventRecord } from '../core/record.ts';
import { severityOf } from '../core/severity.ts';
import { firstSeen, parseTimestamp } from '../core/time.ts';
import { type OwnerName, workloadOf } from '../core/workload.ts';

/** What is known about the object an event is about, beside what the event says. */
export interface ObjectMetadata {
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
  /** The names of its owners, the owners' owners included, by kind. */
  readonly owners: Readonly<Record<string, string>>;
  /** The node it runs on; empty when it runs on none. */
  readonly node: string;
}

/** What is known about a record beside what it carries. */
export interface RecordContext {
  /** How many occurrences the record adds to what was stored before. */
  readonly occurrences: number;
  /** Absent when not known; its maps then read as empty. */
  readonly object?: ObjectMetadata;
  /** The controllers of its object, the nearest first; absent when not known. */
  readonly owners?: readonly OwnerName[];
}

const MAP = 'map<string, string>';
const TIMESTAMP = 'google.protobuf.Timestamp';

// The names of core/v1 (https://github.com/kubernetes/api/blob/v0.35.4/core/v1/types.go); a type comes after those it
// refers to.
const MESSAGES: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  ObjectMeta: {
    name: 'string',
    generateName: 'string',
    namespace: 'string',
    uid: 'string',
    resourceVersion: 'string',
    creationTimestamp: TIMESTAMP,
    labels: MAP,
    annotations: MAP,
  },
  ObjectReference: {
    kind: 'string',
    namespace: 'string',
    name: 'string',
    uid: 'string',
    apiVersion: 'string',
    resourceVersion: 'string',
    fieldPath: 'string',
  },
  EventSource: { component: 'string', host: 'string' },
  EventSeries: { count: 'int', lastObservedTime: TIMESTAMP },
  Event: {
    metadata: 'ObjectMeta',
    involvedObject: 'ObjectReference',
    reason: 'string',
    message: 'string',
    source: 'EventSource',
    firstTimestamp: TIMESTAMP,
    lastTimestamp: TIMESTAMP,
    count: 'int',
    type: 'string',
    eventTime: TIMESTAMP,
    series: 'EventSeries',
    action: 'string',
    related: 'ObjectReference',
    reportingComponent: 'string',
    reportingInstance: 'string',
  },
  ObjectMetadata: { labels: MAP, annotations: MAP, owners: MAP, node: 'string' },
};

/** What events.k8s.io/v1 calls a field that core/v1 names otherwise. */
export const EVENTS_V1_NAMES: ReadonlyMap<string, string> = new Map([
  ['regarding', 'involvedObject'],
  ['note', 'message'],
  ['reportingController', 'reportingComponent'],
  ['deprecatedSource', 'source'],
  ['deprecatedFirstTimestamp', 'firstTimestamp'],
  ['deprecatedLastTimestamp', 'lastTimestamp'],
  ['deprecatedCount', 'count'],
]);

export const VARIABLES = {
  event: 'Event',
  cluster: 'string',
  origin: 'string',
  severity: 'string',
  workload: 'string',
  object: 'ObjectMetadata',
  occurrences: 'int',
  firstSeen: TIMESTAMP,
  lastSeen: TIMESTAMP,
  receivedAt: TIMESTAMP,
} as const;

export type FilterVariable = keyof typeof VARIABLES;

/** The fields of a type; undefined for a type that has none. */
export function fieldsOf(type: string): readonly string[] | undefined {
  const fields = MESSAGES[type];
  return fields && Object.keys(fields);
}

/** An object of the record behind the getters of its fields. The library knows a value's type by its class. */
class View {
  readonly raw: Readonly<Record<string, unknown>>;

  constructor(raw: unknown) {
    this.raw = isObject(raw) ? raw : {};
  }
}

type ViewClass = new (raw: unknown) => View;

const VIEWS = new Map<string, ViewClass>();
for (const [type, fields] of Object.entries(MESSAGES)) VIEWS.set(type, viewClass(fields));

function viewClass(fields: Readonly<Record<string, string>>): ViewClass {
  const MessageView = class extends View {};
  for (const [name, type] of Object.entries(fields)) {
    const read = readerOf(type);
    Object.defineProperty(MessageView.prototype, name, {
      get(this: View): unknown {
        return read(this.raw[name]);
      },
    });
  }
  return MessageView;
}

function readerOf(type: string): (value: unknown) => unknown {
  if (type === 'string') return (value) => (typeof value === 'string' ? value : '');
  // Integers of CEL have 64 bits; the library holds them as bigint and takes a number for a double.
  if (type === 'int') return (value) => (Number.isSafeInteger(value) ? BigInt(value as number) : 0n);
  if (type === TIMESTAMP) return (value) => new Date(parseTimestamp(value as string | undefined) ?? 0);
  if (type === MAP) return mapOf;
  const MessageView = viewOf(type);
  return (value) => new MessageView(value);
}

function viewOf(type: string): ViewClass {
  const view = VIEWS.get(type);
  if (!view) throw new TypeError(`no type ${type} before what refers to it`);
  return view;
}

const EMPTY: Readonly<Record<string, string>> = {};

function mapOf(value: unknown): Readonly<Record<string, unknown>> | ReadonlyMap<string, unknown> {
  if (!isObject(value)) return EMPTY;
  // The library takes only what `constructor` calls an Object for a map, and anybody may name a label that.
  return Object.hasOwn(value, 'constructor') ? new Map(Object.entries(value)) : value;
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null;
}

/** Whether `has()` finds the field: it is there, and not the zero value the API server writes out for some. */
export function hasField(holder: unknown, field: string): boolean {
  if (holder instanceof Map) return holder.has(field);
  if (!(holder instanceof View)) return isObject(holder) && Object.hasOwn(holder, field);
  const value = holder.raw[field];
  if (isObject(value)) return Object.keys(value).length > 0;
  return value !== undefined && value !== null && value !== '' && value !== 0;
}

const EventView = viewOf('Event');
const ObjectView = viewOf('ObjectMetadata');

/** The variables of one record, each made when it is read. */
export class RecordView {
  readonly #record: EventRecord;
  readonly #context: RecordContext;

  constructor(record: EventRecord, context: RecordContext) {
    this.#record = record;
    this.#context = context;
  }

  get event(): unknown {
    return new EventView(this.#record.body);
  }

  get cluster(): string {
    return this.#record.cluster;
  }

  get origin(): string {
    return this.#record.origin;
  }

  get severity(): string {
    const { type = '', reason = '' } = this.#record.body;
    return severityOf({ type, reason });
  }

  get workload(): string {
    const { kind = '', namespace = '', name = '' } = this.#record.body.involvedObject;
    return workloadOf({ kind, namespace, name, owners: this.#context.owners }).name;
  }

  get object(): unknown {
    return new ObjectView(this.#context.object);
  }

  get occurrences(): bigint {
    return BigInt(this.#context.occurrences);
  }

  get firstSeen(): Date {
    return new Date(firstSeen(this.#record.body) ?? this.#record.time);
  }

  get lastSeen(): Date {
    return new Date(this.#record.time);
  }

  get receivedAt(): Date {
    return new Date(this.#record.receivedAt);
  }
}

/** Tells an environment of the library the variables and their types. */
export function declareVariables(environment: Environment): void {
  for (const [type, fields] of Object.entries(MESSAGES)) environment.registerType(type, { ctor: viewOf(type), fields });
  for (const [name, type] of Object.entries(VARIABLES)) environment.registerVariable(name, type);
}
