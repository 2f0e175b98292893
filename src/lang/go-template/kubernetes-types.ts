/**
 * The Go types an Event of core/v1 is made of, with the methods templates may call and the texts their generated
 * `String` methods print. https://pkg.go.dev/k8s.io/api/core/v1#Event
 */
import { sprint } from './fmt.ts';
import { toBytes } from './go-string.ts';
import { GoTime, TIME } from './go-time.ts';
import {
  BOOL,
  BYTES,
  definedType,
  type GoField,
  type GoMethod,
  type GoType,
  INT32,
  INT64,
  STRING,
  STRING_MAP,
  STRING_SLICE,
  structType,
} from './go-type.ts';
import { UTC } from './time-zone.ts';
import { byteSlice, GoMap, GoPointer, GoSlice, GoStruct, type GoValue } from './value.ts';

const RFC3339 = '2006-01-02T15:04:05Z07:00';

const timeIn = (value: GoValue | undefined): GoTime | undefined => {
  const struct = value instanceof GoPointer ? value.target : value;
  const time = struct instanceof GoStruct ? struct.field(0) : undefined;
  return time instanceof GoTime ? time : undefined;
};

const method = (result: GoType, call: GoMethod['call'], pointer = false): GoMethod => ({
  params: [],
  result,
  call,
  ...(pointer && { pointer }),
});

/** A `time.Time` that is written to JSON in UTC by a layout, and as null when it is zero. */
function timeType(text: string, layout: string): GoType {
  const type = structType(text, [{ name: 'Time', type: TIME, embedded: true }], {
    IsZero: method(BOOL, (receiver) => timeIn(receiver)?.isZero ?? true, true),
    MarshalJSON: method(BYTES, (receiver) => byteSlice(toBytes(jsonTime(timeIn(receiver), layout)))),
  });
  const comparing = (compare: (left: GoTime, right: GoTime) => boolean): GoMethod => ({
    params: [type.pointerTo()],
    result: BOOL,
    pointer: true,
    call: (receiver, [other]) => {
      const [left, right] = [timeIn(receiver), timeIn(other)];
      return left !== undefined && right !== undefined && compare(left, right);
    },
  });
  // They could not be declared before the type was there.
  Object.assign(type.methods, {
    Before: comparing((left, right) => left.unixNanoseconds < right.unixNanoseconds),
    Equal: comparing((left, right) => left.unixNanoseconds === right.unixNanoseconds),
  });
  return type;
}

const jsonTime = (time: GoTime | undefined, layout: string): string =>
  time === undefined || time.isZero ? 'null' : `"${time.in(UTC).format(layout)}"`;

const TIMESTAMP = timeType('v1.Time', RFC3339);
const MICRO_TIMESTAMP = timeType('v1.MicroTime', '2006-01-02T15:04:05.000000Z07:00');
const UID = definedType('types.UID', STRING);

const field = (name: string, type: GoType, json: string): GoField => ({ name, type, json });

type Texts = Readonly<Record<string, (value: GoValue) => string>>;

/** `String` of a generated type: its fields, each as it is printed unless a text is made of it otherwise. */
const generated = (name: string, texts: Texts = {}): GoMethod =>
  method(
    STRING,
    (receiver) => {
      if (!(receiver instanceof GoStruct)) return 'nil';
      const fields = receiver.type.fields.map((declared, index) => {
        const value = receiver.field(index);
        return { declared, text: (texts[declared.name] ?? plainText)(value) };
      });
      const shown = fields.filter(({ declared }) => declared.json !== ',inline');
      return `&${name}{${shown.map(({ declared, text }) => `${declared.name}:${text},`).join('')}}`;
    },
    true,
  );

const plainText = (value: GoValue): string => sprint([value]);
/** The text of a struct by the method of its pointer, without the ampersand. */
const structText = (value: GoValue): string => sprint([pointerToStruct(value)]).replace('&', '');
const pointerToStruct = (value: GoValue): GoValue =>
  value instanceof GoStruct ? new GoPointer(value.type.pointerTo(), value) : value;
const optionalText = (value: GoValue): string =>
  value instanceof GoPointer && value.target !== undefined ? `*${sprint([value.target])}` : 'nil';
const mapText = (value: GoValue): string => {
  const entries = value instanceof GoMap ? value.sorted() : [];
  return `map[string]string{${entries.map(([key, entry]) => `${sprint([key])}: ${sprint([entry])},`).join('')}}`;
};
const listText =
  (name: string) =>
  (value: GoValue): string => {
    const items = value instanceof GoSlice ? (value.items ?? []) : [];
    return `[]${name}{${items.map((item) => `${structText(item)},`).join('')}}`;
  };

export const OWNER_REFERENCE = structType(
  'v1.OwnerReference',
  [
    field('APIVersion', STRING, 'apiVersion'),
    field('Kind', STRING, 'kind'),
    field('Name', STRING, 'name'),
    field('UID', UID, 'uid'),
    field('Controller', BOOL.pointerTo(), 'controller,omitempty'),
    field('BlockOwnerDeletion', BOOL.pointerTo(), 'blockOwnerDeletion,omitempty'),
  ],
  {
    String: method(
      STRING,
      (receiver) => {
        if (!(receiver instanceof GoStruct)) return 'nil';
        const [apiVersion, kind, name, uid, controller, block] = OWNER_REFERENCE.fields.map((_, index) =>
          receiver.field(index),
        );
        const parts = [`Kind:${plainText(kind ?? '')}`, `Name:${plainText(name ?? '')}`, `UID:${plainText(uid ?? '')}`];
        const rest = [
          `Controller:${optionalText(controller ?? null)}`,
          `BlockOwnerDeletion:${optionalText(block ?? null)}`,
        ];
        return `&OwnerReference{${[...parts, `APIVersion:${plainText(apiVersion ?? '')}`, ...rest].join(',')},}`;
      },
      true,
    ),
  },
);

/** They are not kept with events, so there never is one. */
const MANAGED_FIELDS_ENTRY = structType('v1.ManagedFieldsEntry', []);

const META_FIELDS: readonly GoField[] = [
  field('Name', STRING, 'name,omitempty'),
  field('GenerateName', STRING, 'generateName,omitempty'),
  field('Namespace', STRING, 'namespace,omitempty'),
  field('SelfLink', STRING, 'selfLink,omitempty'),
  field('UID', UID, 'uid,omitempty'),
  field('ResourceVersion', STRING, 'resourceVersion,omitempty'),
  field('Generation', INT64, 'generation,omitempty'),
  field('CreationTimestamp', TIMESTAMP, 'creationTimestamp,omitempty,omitzero'),
  field('DeletionTimestamp', TIMESTAMP.pointerTo(), 'deletionTimestamp,omitempty'),
  field('DeletionGracePeriodSeconds', INT64.pointerTo(), 'deletionGracePeriodSeconds,omitempty'),
  field('Labels', STRING_MAP, 'labels,omitempty'),
  field('Annotations', STRING_MAP, 'annotations,omitempty'),
  field('OwnerReferences', OWNER_REFERENCE.sliceOf(), 'ownerReferences,omitempty'),
  field('Finalizers', STRING_SLICE, 'finalizers,omitempty'),
  field('ManagedFields', MANAGED_FIELDS_ENTRY.sliceOf(), 'managedFields,omitempty'),
];

const OBJECT_META = structType('v1.ObjectMeta', META_FIELDS, {
  String: generated('ObjectMeta', {
    DeletionGracePeriodSeconds: optionalText,
    Labels: mapText,
    Annotations: mapText,
    OwnerReferences: listText('OwnerReference'),
    ManagedFields: listText('ManagedFieldsEntry'),
  }),
  ...Object.fromEntries(
    META_FIELDS.map(({ name, type }, index) => [
      `Get${name}`,
      method(type, (receiver) => (receiver instanceof GoStruct ? receiver.field(index) : null), true),
    ]),
  ),
});

const TYPE_META = structType(
  'v1.TypeMeta',
  [field('Kind', STRING, 'kind,omitempty'), field('APIVersion', STRING, 'apiVersion,omitempty')],
  { String: generated('TypeMeta') },
);

const EVENT_SOURCE = structType(
  'v1.EventSource',
  [field('Component', STRING, 'component,omitempty'), field('Host', STRING, 'host,omitempty')],
  { String: generated('EventSource') },
);

export const OBJECT_REFERENCE = structType(
  'v1.ObjectReference',
  [
    field('Kind', STRING, 'kind,omitempty'),
    field('Namespace', STRING, 'namespace,omitempty'),
    field('Name', STRING, 'name,omitempty'),
    field('UID', UID, 'uid,omitempty'),
    field('APIVersion', STRING, 'apiVersion,omitempty'),
    field('ResourceVersion', STRING, 'resourceVersion,omitempty'),
    field('FieldPath', STRING, 'fieldPath,omitempty'),
  ],
  { String: generated('ObjectReference') },
);

const EVENT_SERIES = structType(
  'v1.EventSeries',
  [field('Count', INT32, 'count,omitempty'), field('LastObservedTime', MICRO_TIMESTAMP, 'lastObservedTime,omitempty')],
  { String: generated('EventSeries') },
);

export const EVENT = structType(
  'v1.Event',
  [
    { ...field('TypeMeta', TYPE_META, ',inline'), embedded: true },
    { ...field('ObjectMeta', OBJECT_META, 'metadata'), embedded: true },
    field('InvolvedObject', OBJECT_REFERENCE, 'involvedObject'),
    field('Reason', STRING, 'reason,omitempty'),
    field('Message', STRING, 'message,omitempty'),
    field('Source', EVENT_SOURCE, 'source,omitempty'),
    field('FirstTimestamp', TIMESTAMP, 'firstTimestamp,omitempty'),
    field('LastTimestamp', TIMESTAMP, 'lastTimestamp,omitempty'),
    field('Count', INT32, 'count,omitempty'),
    field('Type', STRING, 'type,omitempty'),
    field('EventTime', MICRO_TIMESTAMP, 'eventTime,omitempty'),
    field('Series', EVENT_SERIES.pointerTo(), 'series,omitempty'),
    field('Action', STRING, 'action,omitempty'),
    field('Related', OBJECT_REFERENCE.pointerTo(), 'related,omitempty'),
    field('ReportingController', STRING, 'reportingComponent'),
    field('ReportingInstance', STRING, 'reportingInstance'),
  ],
  {
    String: generated('Event', {
      // Printed as a value, which has no method for it, unlike the others.
      ObjectMeta: (value) => plainText(value).replace('ObjectMeta', 'v1.ObjectMeta').replace('&', ''),
      InvolvedObject: structText,
      Source: structText,
    }),
  },
);
