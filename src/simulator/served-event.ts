/**
 * The JSON of an event as the API server serves it from core/v1: its own order of fields, null where the type has no
 * omitempty, and `managedFields` for the API the writer used.
 *
 * https://github.com/kubernetes/api/blob/v0.35.4/core/v1/types.go
 */
import type { EventSeries, EventSource, ObjectReference } from '../core/event.ts';
import type { Reporter } from './emission.ts';
import { seconds } from './timestamps.ts';

/** The fields of an event apart from its metadata. */
export interface EventBody {
  readonly involvedObject: ObjectReference;
  readonly reason: string;
  readonly message: string;
  readonly source: EventSource;
  readonly firstTimestamp: string | null;
  readonly lastTimestamp: string | null;
  readonly count?: number;
  readonly type: string;
  readonly eventTime: string | null;
  readonly series?: EventSeries;
  readonly action?: string;
  readonly related?: ObjectReference;
  readonly reportingComponent: string;
  readonly reportingInstance: string;
}

export interface EventIdentity {
  readonly namespace: string;
  readonly name: string;
  readonly uid: string;
  readonly createdAt: number;
  readonly annotations?: Readonly<Record<string, string>>;
}

/** `writtenAt` is the server's time of the write. */
export function servedEvent(
  identity: EventIdentity,
  body: EventBody,
  writer: Reporter,
  writtenAt: number,
  resourceVersion: string,
): string {
  const { name, namespace, uid, createdAt, annotations } = identity;
  return JSON.stringify({
    kind: 'Event',
    apiVersion: 'v1',
    metadata: {
      name,
      namespace,
      uid,
      resourceVersion,
      creationTimestamp: seconds(createdAt),
      annotations,
      managedFields: [
        {
          manager: writer.manager,
          operation: 'Update',
          apiVersion: writer.api,
          time: seconds(writtenAt),
          fieldsType: 'FieldsV1',
          fieldsV1: writer.api === 'v1' ? coreFields(body, annotations) : eventsFields(body),
        },
      ],
    },
    involvedObject: body.involvedObject,
    reason: body.reason,
    message: body.message,
    source: body.source,
    firstTimestamp: body.firstTimestamp,
    lastTimestamp: body.lastTimestamp,
    count: body.count,
    type: body.type,
    eventTime: body.eventTime,
    series: body.series,
    action: body.action,
    related: body.related,
    reportingComponent: body.reportingComponent,
    reportingInstance: body.reportingInstance,
  });
}

type Fields = Readonly<Record<string, unknown>>;

// Keys are sorted, as structured-merge-diff prints a set of fields.
function coreFields(body: EventBody, annotations: EventIdentity['annotations']): Fields {
  return {
    'f:count': {},
    'f:firstTimestamp': {},
    'f:involvedObject': {},
    'f:lastTimestamp': {},
    'f:message': {},
    ...(annotations && { 'f:metadata': { 'f:annotations': { '.': {}, ...fieldSet(annotations) } } }),
    'f:reason': {},
    ...(body.reportingComponent && { 'f:reportingComponent': {} }),
    ...(body.reportingInstance && { 'f:reportingInstance': {} }),
    'f:source': fieldSet(body.source),
    'f:type': {},
  };
}

function eventsFields(body: EventBody): Fields {
  return {
    'f:action': {},
    'f:eventTime': {},
    'f:note': {},
    'f:reason': {},
    'f:regarding': {},
    ...(body.related && { 'f:related': {} }),
    'f:reportingController': {},
    'f:reportingInstance': {},
    ...(body.series && { 'f:series': { '.': {}, ...fieldSet(body.series) } }),
    'f:type': {},
  };
}

function fieldSet(object: object): Fields {
  const names = Object.keys(object).toSorted();
  return Object.fromEntries(names.map((name) => [`f:${name}`, {}]));
}
