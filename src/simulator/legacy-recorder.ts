/**
 * client-go's recorder for core/v1: the same event again is a PATCH of `count`; ten different messages for one object
 * and reason within ten minutes are combined; and what one source says about one object is limited, which makes counts
 * jump rather than get lost.
 *
 * https://github.com/kubernetes/client-go/blob/v0.35.4/tools/record/events_cache.go
 */
import type { Emission, Reporter } from './emission.ts';
import {
  countedBody,
  createEvent,
  eventName,
  namespaceOf,
  patchEvent,
  type RecordedEvent,
  type Recorder,
  type RecorderSink,
} from './recorder.ts';

const CACHE_ENTRIES = 4_096;
const AGGREGATE_EVENTS = 10;
const AGGREGATE_INTERVAL_MS = 600_000;
const SPAM_BURST = 25;
const SPAM_REFILL_MS = 300_000;

interface Aggregate {
  readonly messages: Set<string>;
  lastMs: number;
}

interface Observation {
  readonly name: string;
  readonly firstTimestamp: string | null;
  readonly count: number;
}

interface Bucket {
  tokens: number;
  filledMs: number;
}

export class LegacyRecorder implements Recorder {
  readonly #sink: RecorderSink;
  readonly #reporter: Reporter;
  readonly #clock: () => bigint;
  readonly #aggregates = new Recent<Aggregate>();
  readonly #observations = new Recent<Observation>();
  readonly #buckets = new Recent<Bucket>();

  /** `clock` is the emitter's own, in nanoseconds. */
  constructor(sink: RecorderSink, reporter: Reporter, clock: () => bigint) {
    this.#sink = sink;
    this.#reporter = reporter;
    this.#clock = clock;
  }

  record(emission: Emission): void {
    const nanos = this.#clock();
    const nowMs = Number(nanos / 1_000_000n);
    const { event, key } = this.#aggregate(this.#newEvent(emission, nanos), emission, nowMs);
    const before = this.#observations.get(key);
    const count = (before?.count ?? 0) + 1;
    const observed: RecordedEvent = before
      ? { ...event, name: before.name, body: { ...event.body, count, firstTimestamp: before.firstTimestamp } }
      : event;
    // Counted even when the filter lets nothing through: the next write shows how often it happened.
    this.#observations.set(key, { name: observed.name, count, firstTimestamp: observed.body.firstTimestamp });
    if (!this.#accept(emission, nowMs)) return;
    if (!before) createEvent(this.#sink, observed, this.#reporter);
    else {
      const { message, lastTimestamp } = observed.body;
      patchEvent(this.#sink, observed, { count, message, lastTimestamp }, this.#reporter);
    }
  }

  #newEvent(emission: Emission, nanos: bigint): RecordedEvent {
    return {
      namespace: namespaceOf(emission),
      name: eventName(emission.about.name, nanos),
      ...(emission.annotations && { annotations: emission.annotations }),
      body: countedBody(emission, this.#reporter, nanos),
    };
  }

  #aggregate(event: RecordedEvent, emission: Emission, nowMs: number): { event: RecordedEvent; key: string } {
    const { kind, namespace, name, uid, apiVersion, fieldPath } = emission.about;
    const group = [kind, namespace, name, uid, apiVersion, emission.type, emission.reason].join('\n');
    let aggregate = this.#aggregates.get(group);
    if (!aggregate || nowMs - aggregate.lastMs > AGGREGATE_INTERVAL_MS)
      aggregate = { messages: new Set(), lastMs: nowMs };
    aggregate.messages.add(emission.message);
    aggregate.lastMs = nowMs;
    this.#aggregates.set(group, aggregate);
    if (aggregate.messages.size < AGGREGATE_EVENTS)
      return { event, key: [group, fieldPath, emission.message].join('\n') };
    // Any one is dropped, so that the next message combines as well.
    for (const message of aggregate.messages) {
      aggregate.messages.delete(message);
      break;
    }
    const { annotations: _annotations, ...rest } = event;
    const message = `(combined from similar events): ${emission.message}`;
    return {
      event: { ...rest, body: { ...event.body, message, reportingComponent: '', reportingInstance: '' } },
      key: group,
    };
  }

  #accept(emission: Emission, nowMs: number): boolean {
    const { kind, namespace, name, uid, apiVersion } = emission.about;
    const key = [kind, namespace, name, uid, apiVersion, emission.type].join('\n');
    const bucket = this.#buckets.get(key) ?? { tokens: SPAM_BURST, filledMs: nowMs };
    bucket.tokens = Math.min(SPAM_BURST, bucket.tokens + Math.max(0, nowMs - bucket.filledMs) / SPAM_REFILL_MS);
    bucket.filledMs = nowMs;
    const accepted = bucket.tokens >= 1;
    if (accepted) bucket.tokens -= 1;
    this.#buckets.set(key, bucket);
    return accepted;
  }
}

/** The entries used last. */
class Recent<V> {
  readonly #entries = new Map<string, V>();

  get(key: string): V | undefined {
    const value = this.#entries.get(key);
    if (value !== undefined) {
      this.#entries.delete(key);
      this.#entries.set(key, value);
    }
    return value;
  }

  set(key: string, value: V): void {
    this.#entries.set(key, value);
    if (this.#entries.size <= CACHE_ENTRIES) return;
    for (const oldest of this.#entries.keys()) {
      this.#entries.delete(oldest);
      break;
    }
  }
}
