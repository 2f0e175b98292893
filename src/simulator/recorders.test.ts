/** Both recorders against the rules of client-go that they copy. */
import { describe, expect, test } from 'vitest';
import type { Event } from '../core/event.ts';
import type { Emission } from './emission.ts';
import { EventStore } from './event-store.ts';
import { LegacyRecorder } from './legacy-recorder.ts';
import { Random } from './random.ts';
import { kubelet, SCHEDULER } from './reporters.ts';
import { SeriesRecorder } from './series-recorder.ts';

interface Bench {
  readonly store: EventStore;
  at(second: number): void;
  readonly sink: { readonly store: EventStore; readonly random: Random; now(): number };
  readonly clock: () => bigint;
  events(): Event[];
}

function newBench(ttlMs = 3_600_000): Bench {
  const store = new EventStore({ resourceVersion: 0, ttlMs, compactionMs: 300_000 });
  let now = Date.parse('2026-11-21T07:00:00Z');
  const start = now;
  return {
    store,
    at: (second) => {
      now = start + second * 1_000;
      store.expire(now);
    },
    sink: { store, random: new Random(1), now: () => now },
    clock: () => BigInt(now) * 1_000_000n + 123_456n,
    events: () =>
      store
        .page('', '\uffff', Number.POSITIVE_INFINITY, store.resourceVersion)
        .items.map(({ json }) => JSON.parse(json) as Event),
  };
}

function emission(message: string, more: Partial<Emission> = {}): Emission {
  return {
    afterMs: 0,
    by: kubelet('node-1'),
    about: { kind: 'Pod', namespace: 'shop', name: 'cart-0', uid: 'u', apiVersion: 'v1', resourceVersion: '7' },
    type: 'Warning',
    reason: 'BackOff',
    message,
    ...more,
  };
}

describe('LegacyRecorder', () => {
  test('counts the same event in one object and leaves its reference as it was', () => {
    const bench = newBench();
    const recorder = new LegacyRecorder(bench.sink, kubelet('node-1'), bench.clock);
    recorder.record(emission('a'));
    bench.at(10);
    const later = emission('a');
    recorder.record({ ...later, about: { ...later.about, resourceVersion: '9' } });
    expect(bench.events()).toEqual([
      {
        kind: 'Event',
        apiVersion: 'v1',
        metadata: {
          name: `cart-0.${(BigInt(Date.parse('2026-11-21T07:00:00Z')) * 1_000_000n + 123_456n).toString(16)}`,
          namespace: 'shop',
          uid: expect.any(String),
          resourceVersion: '2',
          creationTimestamp: '2026-11-21T07:00:00Z',
          managedFields: [expect.objectContaining({ manager: 'kubelet', time: '2026-11-21T07:00:10Z' })],
        },
        involvedObject: emission('a').about,
        reason: 'BackOff',
        message: 'a',
        source: { component: 'kubelet', host: 'node-1' },
        firstTimestamp: '2026-11-21T07:00:00Z',
        lastTimestamp: '2026-11-21T07:00:10Z',
        count: 2,
        type: 'Warning',
        eventTime: null,
        reportingComponent: 'kubelet',
        reportingInstance: 'node-1',
      },
    ]);
  });

  test('writes 25 times and then once in five minutes, with the count of all', () => {
    const bench = newBench();
    const recorder = new LegacyRecorder(bench.sink, kubelet('node-1'), bench.clock);
    const written = new Set<number>();
    for (let i = 0; i < 100; i += 1) {
      bench.at(i * 10);
      recorder.record(emission('a'));
      written.add(bench.events()[0]?.count ?? 0);
    }
    // The tokens of the first 240 s have filled up for the better part of one: 26 at 300 s, then every 30th.
    expect([...written]).toEqual([...Array.from({ length: 25 }, (_, i) => i + 1), 31, 61, 91]);
  });

  test('combines the tenth different message, without reporting fields', () => {
    const bench = newBench();
    const recorder = new LegacyRecorder(bench.sink, kubelet('node-1'), bench.clock);
    for (let i = 1; i <= 12; i += 1) {
      bench.at(i);
      recorder.record(emission(`message ${i}`));
    }
    const events = bench.events();
    expect(events).toHaveLength(10);
    expect(events.at(-1)).toMatchObject({
      message: '(combined from similar events): message 12',
      count: 3,
      reportingComponent: '',
      reportingInstance: '',
      firstTimestamp: '2026-11-21T07:00:10Z',
      lastTimestamp: '2026-11-21T07:00:12Z',
    });
    expect(JSON.stringify(events.at(-1)?.metadata['managedFields'])).not.toContain('reporting');
  });

  test('does not combine what lies more than ten minutes apart', () => {
    const bench = newBench();
    const recorder = new LegacyRecorder(bench.sink, kubelet('node-1'), bench.clock);
    for (let i = 1; i <= 5; i += 1) recorder.record(emission(`message ${i}`));
    bench.at(601);
    for (let i = 6; i <= 10; i += 1) recorder.record(emission(`message ${i}`));
    expect(bench.events().map(({ message }) => message)).not.toContain(expect.stringContaining('combined'));
  });

  test('creates an event that has expired meanwhile anew, under its name and with its count', () => {
    const bench = newBench(60_000);
    const recorder = new LegacyRecorder(bench.sink, kubelet('node-1'), bench.clock);
    recorder.record(emission('a'));
    const [first] = bench.events();
    bench.at(120);
    expect(bench.events()).toEqual([]);
    recorder.record(emission('a'));
    const [second] = bench.events();
    expect(second).toMatchObject({ count: 2, firstTimestamp: first?.firstTimestamp });
    expect(second?.metadata.name).toBe(first?.metadata.name);
    expect(second?.metadata.uid).not.toBe(first?.metadata.uid);
    expect(second?.metadata.creationTimestamp).toBe('2026-11-21T07:02:00Z');
  });

  test('writes events about objects without a namespace to default', () => {
    const bench = newBench();
    new LegacyRecorder(bench.sink, kubelet('node-1'), bench.clock).record(
      emission('a', { about: { kind: 'Node', name: 'node-1', apiVersion: 'v1' } }),
    );
    expect(bench.events()[0]).toMatchObject({
      metadata: { namespace: 'default' },
      involvedObject: { kind: 'Node', name: 'node-1', apiVersion: 'v1' },
    });
  });
});

describe('SeriesRecorder', () => {
  const failed = (): Emission => emission('0/3', { by: SCHEDULER, reason: 'FailedScheduling', action: 'Scheduling' });

  test('writes the second occurrence as a series of two, and keeps later ones to itself until it refreshes', () => {
    const bench = newBench();
    const recorder = new SeriesRecorder(bench.sink, SCHEDULER, bench.clock);
    recorder.record(failed());
    expect(bench.events()[0]).toMatchObject({
      eventTime: '2026-11-21T07:00:00.000123Z',
      firstTimestamp: null,
      lastTimestamp: null,
      source: {},
      action: 'Scheduling',
      reportingComponent: 'default-scheduler',
      reportingInstance: 'default-scheduler-control-plane-1',
    });
    expect(bench.events()[0]).not.toHaveProperty('series');
    expect(bench.events()[0]).not.toHaveProperty('count');
    for (let i = 1; i <= 5; i += 1) {
      bench.at(i);
      recorder.record(failed());
    }
    const series = (): unknown => bench.events()[0]?.series;
    expect(series()).toEqual({ count: 2, lastObservedTime: '2026-11-21T07:00:01.000123Z' });
    recorder.refresh();
    expect(series()).toEqual({ count: 6, lastObservedTime: '2026-11-21T07:00:05.000123Z' });
  });

  test('ends a series after six minutes of silence with its last count; what follows is another event', () => {
    const bench = newBench();
    const recorder = new SeriesRecorder(bench.sink, SCHEDULER, bench.clock);
    for (let i = 0; i < 4; i += 1) recorder.record(failed());
    bench.at(360);
    recorder.finish();
    expect(bench.events()[0]?.series?.count).toBe(2);
    bench.at(361);
    recorder.finish();
    expect(bench.events()[0]?.series?.count).toBe(4);
    recorder.record(failed());
    expect(bench.events().map((event) => event.series?.count)).toEqual([4, undefined]);
  });

  test('starts another event when the object has another resourceVersion', () => {
    const bench = newBench();
    const recorder = new SeriesRecorder(bench.sink, SCHEDULER, bench.clock);
    recorder.record(failed());
    bench.at(1);
    recorder.record({ ...failed(), about: { ...failed().about, resourceVersion: '8' } });
    expect(bench.events()).toHaveLength(2);
  });
});
