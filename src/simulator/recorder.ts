/** What both kinds of client-go event recorders share: how they reach the API server, and names of events. */
import type { Emission, Reporter } from './emission.ts';
import type { EventStore } from './event-store.ts';
import type { Random } from './random.ts';
import { type EventBody, type EventIdentity, servedEvent } from './served-event.ts';
import { seconds } from './timestamps.ts';

export interface Recorder {
  record(emission: Emission): void;
}

/** The API server's side of a recorder's writes. */
export interface RecorderSink {
  readonly store: EventStore;
  readonly random: Random;
  /** The API server's clock, in milliseconds. */
  now(): number;
}

/**
 * The event's name: the object's, and the emitter's clock in hexadecimal nanoseconds.
 * https://github.com/kubernetes/client-go/blob/v0.35.4/tools/record/util/util.go
 */
export function eventName(objectName: string | undefined, nanos: bigint): string {
  return `${objectName}.${nanos.toString(16)}`;
}

/** Both recorders write events about objects without a namespace to `default`. */
export function namespaceOf(emission: Emission): string {
  return emission.about.namespace ?? 'default';
}

/** An event as its recorder remembers it between two writes. */
export interface RecordedEvent {
  readonly namespace: string;
  readonly name: string;
  readonly annotations?: Readonly<Record<string, string>>;
  readonly body: EventBody;
}

/** What a core/v1 emitter writes of an event, `count` times at one instant. */
export function countedBody(
  { about, reason, message, type }: Pick<Emission, 'about' | 'reason' | 'message' | 'type'>,
  { component, host }: Reporter,
  nanos: bigint,
  count = 1,
): EventBody {
  const timestamp = seconds(Number(nanos / 1_000_000n));
  return {
    involvedObject: about,
    reason,
    message,
    source: host === undefined ? { component } : { component, host },
    firstTimestamp: timestamp,
    lastTimestamp: timestamp,
    count,
    type,
    eventTime: null,
    reportingComponent: component,
    reportingInstance: host ?? '',
  };
}

/** POST. */
export function createEvent(sink: RecorderSink, event: RecordedEvent, writer: Reporter): void {
  const now = sink.now();
  const identity: EventIdentity = {
    namespace: event.namespace,
    name: event.name,
    uid: sink.random.uuid(),
    createdAt: now,
    ...(event.annotations && { annotations: event.annotations }),
  };
  sink.store.put(event.namespace, event.name, now, (resourceVersion) =>
    servedEvent(identity, event.body, writer, now, resourceVersion),
  );
}

/**
 * PATCH of some fields, or POST of the whole event when it has expired meanwhile: the same name then comes back with
 * another UID and goes on counting.
 * https://github.com/kubernetes/client-go/blob/v0.35.4/tools/record/event.go
 */
export function patchEvent(
  sink: RecorderSink,
  event: RecordedEvent,
  change: Partial<EventBody>,
  writer: Reporter,
): void {
  const stored = sink.store.get(event.namespace, event.name);
  if (!stored) {
    createEvent(sink, { ...event, body: { ...event.body, ...change } }, writer);
    return;
  }
  // What the server has, not what the recorder would send: a patch leaves the reference to the object as it was.
  const { metadata, ...body } = JSON.parse(stored.json) as ServedEvent;
  const now = sink.now();
  const identity: EventIdentity = {
    namespace: event.namespace,
    name: event.name,
    uid: metadata.uid,
    createdAt: Date.parse(metadata.creationTimestamp),
    ...(metadata.annotations && { annotations: metadata.annotations }),
  };
  sink.store.put(event.namespace, event.name, now, (resourceVersion) =>
    servedEvent(identity, { ...body, ...change }, writer, now, resourceVersion),
  );
}

interface ServedEvent extends EventBody {
  readonly metadata: {
    readonly uid: string;
    readonly creationTimestamp: string;
    readonly annotations?: Readonly<Record<string, string>>;
  };
}
