/**
 * client-go's recorder for events.k8s.io/v1: the second isomorphic event writes `series.count` 2, further ones are only
 * counted in memory. Every 30 minutes a series is written again, and once more when nothing was added for 6 minutes.
 *
 * https://github.com/kubernetes/client-go/blob/v0.35.4/tools/events/event_broadcaster.go
 */
import type { Emission, Reporter } from './emission.ts';
import {
  createEvent,
  eventName,
  namespaceOf,
  patchEvent,
  type RecordedEvent,
  type Recorder,
  type RecorderSink,
} from './recorder.ts';
import { micros } from './timestamps.ts';

export const FINISH_MS = 6 * 60_000;
export const REFRESH_MS = 30 * 60_000;

interface Isomorphic {
  readonly event: RecordedEvent;
  lastMs: number;
  series: { readonly count: number; readonly lastObservedTime: string } | undefined;
}

export class SeriesRecorder implements Recorder {
  readonly #sink: RecorderSink;
  readonly #reporter: Reporter;
  readonly #clock: () => bigint;
  readonly #cache = new Map<string, Isomorphic>();

  /** `clock` is the emitter's own, in nanoseconds. */
  constructor(sink: RecorderSink, reporter: Reporter, clock: () => bigint) {
    this.#sink = sink;
    this.#reporter = reporter;
    this.#clock = clock;
  }

  record(emission: Emission): void {
    const nanos = this.#clock();
    const key = JSON.stringify([emission.type, emission.action, emission.reason, emission.about, emission.related]);
    const known = this.#cache.get(key);
    if (!known) {
      const event = this.#newEvent(emission, nanos);
      this.#cache.set(key, { event, lastMs: Number(nanos / 1_000_000n), series: undefined });
      createEvent(this.#sink, event, this.#reporter);
      return;
    }
    const first = known.series === undefined;
    known.lastMs = Number(nanos / 1_000_000n);
    known.series = { count: (known.series?.count ?? 1) + 1, lastObservedTime: micros(nanos) };
    if (first) this.#write(known);
  }

  /** To be called every {@link REFRESH_MS}. */
  refresh(): void {
    for (const known of this.#cache.values()) this.#write(known);
  }

  /** To be called every {@link FINISH_MS}. */
  finish(): void {
    const nowMs = Number(this.#clock() / 1_000_000n);
    for (const [key, known] of this.#cache) {
      if (nowMs - known.lastMs <= FINISH_MS) continue;
      this.#write(known);
      this.#cache.delete(key);
    }
  }

  #write(known: Isomorphic): void {
    if (known.series) patchEvent(this.#sink, known.event, { series: known.series }, this.#reporter);
  }

  #newEvent(emission: Emission, nanos: bigint): RecordedEvent {
    const { component, host } = this.#reporter;
    return {
      namespace: namespaceOf(emission),
      name: eventName(emission.about.name, nanos),
      body: {
        involvedObject: emission.about,
        reason: emission.reason,
        message: emission.message,
        source: {},
        firstTimestamp: null,
        lastTimestamp: null,
        type: emission.type,
        eventTime: micros(nanos),
        ...(emission.action !== undefined && { action: emission.action }),
        ...(emission.related && { related: emission.related }),
        reportingComponent: component,
        // The recorder joins the two. https://github.com/kubernetes/client-go/blob/v0.35.4/tools/events/event_broadcaster.go
        reportingInstance: host === undefined ? component : `${component}-${host}`,
      },
    };
  }
}
