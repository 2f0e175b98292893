/**
 * An event as kubernetes-event-exporter hands it to templates: a pointer to a struct that embeds the Event of core/v1
 * and adds the cluster and what is known of the object it is about. Nothing is made of a field that is never read.
 * https://github.com/resmoio/kubernetes-event-exporter
 */
import type { Event } from '../../core/event.ts';
import { marshal } from './go-json.ts';
import { toBytes } from './go-string.ts';
import { GoTime } from './go-time.ts';
import { BOOL, BYTES, type GoMethod, type GoType, INT64, STRING, STRING_MAP, structType } from './go-type.ts';
import { decode, LazyStruct } from './json-struct.ts';
import { EVENT, OBJECT_REFERENCE, OWNER_REFERENCE } from './kubernetes-types.ts';
import { type GoLocation, LOCAL } from './time-zone.ts';
import { byteSlice, GoMap, type GoPointer, GoStruct, type GoValue, pointerTo, typed } from './value.ts';

/** What was looked up about the object of an event. */
export interface InvolvedObject {
  readonly labels?: Readonly<Record<string, string>>;
  readonly annotations?: Readonly<Record<string, string>>;
  readonly ownerReferences?: readonly Readonly<Record<string, unknown>>[];
  /** It was there no more. */
  readonly deleted?: boolean;
}

export interface EventValueOptions {
  readonly clusterName?: string;
  readonly object?: InvolvedObject;
  /** The zone times are printed in. */
  readonly timezone?: GoLocation;
}

/** The value of dot for the templates of an event. */
export function eventValue(event: Event, options: EventValueOptions = {}): GoPointer {
  const { clusterName = '', object = {}, timezone = LOCAL } = options;
  const involved = { ...event.involvedObject, ...object, deleted: object.deleted === true };
  const json = { clusterName, involvedObject: involved };
  return pointerTo(
    new LazyStruct(ENHANCED_EVENT, (field) =>
      field.name === 'Event'
        ? decode(EVENT, event, timezone)
        : decode(field.type, field.name === 'ClusterName' ? json.clusterName : json.involvedObject, timezone),
    ),
  );
}

const ENHANCED_OBJECT_REFERENCE = structType('kube.EnhancedObjectReference', [
  { name: 'ObjectReference', type: OBJECT_REFERENCE, embedded: true, json: ',inline' },
  { name: 'Labels', type: STRING_MAP, json: 'labels,omitempty' },
  { name: 'Annotations', type: STRING_MAP, json: 'annotations,omitempty' },
  { name: 'OwnerReferences', type: OWNER_REFERENCE.sliceOf(), json: 'ownerReferences,omitempty' },
  { name: 'Deleted', type: BOOL, json: 'deleted' },
]);

const ofEvent = (result: GoType, call: (event: GoStruct) => GoValue): GoMethod => ({
  params: [],
  result,
  pointer: true,
  call: (receiver) => (receiver instanceof GoStruct ? call(receiver) : null),
});

const ENHANCED_EVENT = structType(
  'kube.EnhancedEvent',
  [
    { name: 'Event', type: EVENT, embedded: true, json: ',inline' },
    { name: 'ClusterName', type: STRING, json: 'clusterName' },
    { name: 'InvolvedObject', type: ENHANCED_OBJECT_REFERENCE, json: 'involvedObject' },
  ],
  {
    ToJSON: ofEvent(BYTES, (event) => byteSlice(toBytes(marshal(event)))),
    GetTimestampMs: ofEvent(INT64, (event) => typed(INT64, nanosecondsOf(event) / 1_000_000n)),
    // It claims UTC for what is local time.
    GetTimestampISO8601: ofEvent(STRING, (event) => timestampOf(event).format('2006-01-02T15:04:05.000Z')),
  },
);
// It could not name its result before the type was there.
Object.assign(ENHANCED_EVENT.methods, {
  DeDot: { params: [], result: ENHANCED_EVENT, call: dedotted } satisfies GoMethod,
});

/** `firstTimestamp`, or `eventTime` when that is not set. */
function timestampOf(event: GoStruct): GoTime {
  const times = ['FirstTimestamp', 'EventTime'].map((name) => structAt(structAt(event, 'Event'), name).field(0));
  const [first, other] = times.filter((time) => time instanceof GoTime);
  if (first === undefined || other === undefined) throw new TypeError('an event has no times');
  return first.isZero ? other : first;
}

/** Go's nanoseconds do not reach to its own zero time: they wrap. */
const nanosecondsOf = (event: GoStruct): bigint => BigInt.asIntN(64, timestampOf(event).unixNanoseconds);

function structAt(struct: GoStruct, name: string): GoStruct {
  const value = struct.field(struct.type.fields.findIndex((field) => field.name === name));
  if (value instanceof GoStruct) return value;
  throw new TypeError(`${struct.type.text} has no struct ${name}`);
}

/** A copy with underscores for the dots in the keys of labels and annotations. */
function dedotted(receiver: GoValue): GoValue {
  if (!(receiver instanceof GoStruct)) return receiver;
  const replaced = (struct: GoStruct, changes: Readonly<Record<string, (value: GoValue) => GoValue>>): GoStruct =>
    new LazyStruct(struct.type, ({ name }, index) => (changes[name] ?? ((value) => value))(struct.field(index)));
  const inside =
    (changes: Readonly<Record<string, (value: GoValue) => GoValue>>) =>
    (value: GoValue): GoValue =>
      value instanceof GoStruct ? replaced(value, changes) : value;
  const keys = { Labels: underscored, Annotations: underscored };
  return replaced(receiver, { Event: inside({ ObjectMeta: inside(keys) }), InvolvedObject: inside(keys) });
}

function underscored(value: GoValue): GoValue {
  if (!(value instanceof GoMap) || value.size === 0) return value;
  return new GoMap(
    value.type,
    [...value].map(([key, entry]) => [typeof key === 'string' ? key.replaceAll('.', '_') : key, entry] as const),
  );
}
