/**
 * Records as logs of OpenTelemetry, in the JSON encoding of OTLP.
 * https://opentelemetry.io/docs/specs/otel/logs/data-model/
 * https://opentelemetry.io/docs/specs/otlp/#json-protobuf-encoding
 * https://github.com/open-telemetry/opentelemetry-proto/blob/v1.7.0/opentelemetry/proto/logs/v1/logs.proto
 */
import type { Message } from '../component/message.ts';
import { componentOf, countOf } from '../core/event.ts';
import { rfc3339 } from '../core/rfc3339.ts';
import { firstSeen } from '../core/time.ts';

/** Integers of 64 bits are texts in this encoding. */
export type OtlpValue = { readonly stringValue: string } | { readonly intValue: string };

export interface OtlpAttribute {
  readonly key: string;
  readonly value: OtlpValue;
}

export interface OtlpLogRecord {
  readonly timeUnixNano: string;
  readonly observedTimeUnixNano: string;
  /** Absent for a type of event that is neither Normal nor Warning. */
  readonly severityNumber?: number;
  readonly severityText?: string;
  readonly eventName: string;
  readonly body: OtlpValue;
  readonly attributes: readonly OtlpAttribute[];
}

/** What records of one cluster are sent under. */
export interface OtlpResource {
  readonly attributes: readonly OtlpAttribute[];
}

export interface OtlpLogs {
  readonly resourceLogs: readonly {
    readonly resource: OtlpResource;
    readonly scopeLogs: readonly {
      readonly scope: { readonly name: string };
      readonly logRecords: readonly OtlpLogRecord[];
    }[];
  }[];
}

/** What the records of events are, beside other logs. */
const EVENT_NAME = 'k8s.event';
// https://opentelemetry.io/docs/specs/otel/logs/data-model/#field-severitynumber
const SEVERITY_NUMBERS: ReadonlyMap<string, number> = new Map([
  ['Normal', 9],
  ['Warning', 13],
]);

/** The kinds whose names and UIDs have attributes, with the word in them. */
// https://opentelemetry.io/docs/specs/semconv/registry/attributes/k8s/
const KINDS: ReadonlyMap<string, string> = new Map([
  ['Pod', 'pod'],
  ['Node', 'node'],
  ['Namespace', 'namespace'],
  ['Deployment', 'deployment'],
  ['ReplicaSet', 'replicaset'],
  ['ReplicationController', 'replicationcontroller'],
  ['StatefulSet', 'statefulset'],
  ['DaemonSet', 'daemonset'],
  ['Job', 'job'],
  ['CronJob', 'cronjob'],
  ['HorizontalPodAutoscaler', 'hpa'],
  ['PersistentVolume', 'persistentvolume'],
  ['PersistentVolumeClaim', 'persistentvolumeclaim'],
]);

/** The records of a request or of a line, each under the resource of its cluster, in their order. */
export function otlpLogs(
  records: readonly { readonly cluster: string; readonly logRecord: OtlpLogRecord }[],
): OtlpLogs {
  const clusters = Map.groupBy(records, ({ cluster }) => cluster);
  return {
    resourceLogs: Array.from(clusters, ([cluster, own]) => ({
      resource: { attributes: attributesOf({ 'k8s.cluster.name': cluster }) },
      scopeLogs: [{ scope: { name: 'tidings' }, logRecords: own.map(({ logRecord }) => logRecord) }],
    })),
  };
}

/** Labels of the routes are attributes by their own names; ours count where they have the same. */
export function otlpLogRecord(message: Message): OtlpLogRecord {
  const { record, labels } = message;
  const { body, time, receivedAt } = record;
  const type = body.type ?? '';
  const severityNumber = SEVERITY_NUMBERS.get(type);
  return {
    timeUnixNano: nanoseconds(time),
    observedTimeUnixNano: nanoseconds(receivedAt),
    ...(severityNumber !== undefined && { severityNumber }),
    ...(type !== '' && { severityText: type.toWellFormed() }),
    eventName: EVENT_NAME,
    body: valueOf(body.message ?? ''),
    attributes: attributesOf({
      ...labels,
      ...eventAttributes(message),
      ...ownerAttributes(message),
      ...objectAttributes(message),
    }),
  };
}

// Fields may be null, as everywhere in events.
type Attributes = Readonly<Record<string, string | number | null | undefined>>;

// The names by which the OpenTelemetry Collector's receiver of events sends them, so that dashboards fit both:
// https://github.com/open-telemetry/opentelemetry-collector-contrib/tree/main/receiver/k8seventsreceiver
function eventAttributes({ record, key, occurrences }: Message): Attributes {
  const { body, receivedAt } = record;
  return {
    // What has the same is a duplicate: https://opentelemetry.io/docs/specs/semconv/registry/attributes/log/
    'log.record.uid': key,
    'k8s.event.name': body.metadata.name,
    'k8s.event.uid': body.metadata.uid,
    'k8s.event.reason': body.reason,
    'k8s.event.action': body.action,
    'k8s.event.count': countOf(body),
    'k8s.event.start_time': rfc3339(firstSeen(body) ?? receivedAt),
    'k8s.event.source': componentOf(body),
    'tidings.occurrences': occurrences,
  };
}

function objectAttributes({ record, object }: Message): Attributes {
  const { kind, namespace, name, uid, apiVersion, resourceVersion, fieldPath } = record.subject;
  const word = KINDS.get(kind ?? '');
  return {
    'k8s.namespace.name': namespace,
    'k8s.node.name': object?.node ?? record.body.source?.host,
    'k8s.container.name': containerOf(fieldPath),
    'k8s.object.kind': kind,
    'k8s.object.name': name,
    'k8s.object.uid': uid,
    'k8s.object.api_version': apiVersion,
    'k8s.object.resource_version': resourceVersion,
    'k8s.object.fieldpath': fieldPath,
    ...(word && { [`k8s.${word}.name`]: name, [`k8s.${word}.uid`]: uid }),
  };
}

/** Owners, and the labels of the object itself. */
function ownerAttributes({ record, object }: Message): Attributes {
  if (!object) return {};
  const attributes: Record<string, string> = {};
  // The nearest owner of a kind counts, where there are several.
  for (const { kind, name, uid } of object.owners.toReversed()) {
    const word = KINDS.get(kind);
    if (word) Object.assign(attributes, { [`k8s.${word}.name`]: name, [`k8s.${word}.uid`]: uid });
  }
  const word = KINDS.get(record.subject.kind ?? '');
  if (word) for (const [key, value] of Object.entries(object.labels)) attributes[`k8s.${word}.label.${key}`] = value;
  return attributes;
}

/** `app` of `spec.containers{app}`, which is how the kubelet names a container. */
function containerOf(fieldPath: string | undefined): string | undefined {
  return /^spec\.(?:containers|initContainers|ephemeralContainers)\{([^{}]+)\}$/.exec(fieldPath ?? '')?.[1];
}

/** What is empty is left out. */
function attributesOf(attributes: Attributes): OtlpAttribute[] {
  const list: OtlpAttribute[] = [];
  for (const [key, value] of Object.entries(attributes)) {
    // What is not well-formed cannot become UTF-8, which protobuf wants.
    if ((value ?? '') !== '') list.push({ key: key.toWellFormed(), value: valueOf(value ?? '') });
  }
  return list;
}

function valueOf(value: string | number): OtlpValue {
  if (typeof value === 'string') return { stringValue: value.toWellFormed() };
  return { intValue: String(Number.isSafeInteger(value) ? value : 0) };
}

/** 0 is a time that is not known: that of an event which claims to be of a year that 64 bits do not reach. */
function nanoseconds(instant: number): string {
  const time = BigInt(instant) * 1_000_000n;
  return String(BigInt.asUintN(64, time) === time ? time : 0n);
}
