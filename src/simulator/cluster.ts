/**
 * The simulated cluster: its clock, the scenarios that play in it, the recorders of its components, and the events
 * they leave. The same options and the same steps of the clock always give the same bytes.
 */
import type { Emission, Reporter, Scenario } from './emission.ts';
import { EventStore } from './event-store.ts';
import { LegacyRecorder } from './legacy-recorder.ts';
import { Load } from './load.ts';
import { Objects } from './objects.ts';
import { Random } from './random.ts';
import type { Recorder } from './recorder.ts';
import { FINISH_MS, REFRESH_MS, SeriesRecorder } from './series-recorder.ts';
import { type NodeObject, newNodes, type World } from './world.ts';

export interface ClusterOptions {
  readonly seed: number;
  readonly scenarios: ReadonlyMap<string, Scenario>;
  /** Where the clock starts. */
  readonly startMs: number;
  readonly ttlMs: number;
  readonly compactionMs: number;
  /** Events a second on top of the scenarios. */
  readonly rate: number;
}

interface Task {
  readonly at: number;
  readonly run: () => void;
}

// A small cluster that has been up for a while.
const NODES = 6;
const FIRST_RESOURCE_VERSION = 48_213;
const LEASE_RENEWAL_MS = 10_000;
const LOAD_STEP_MS = 20;
const SCENARIO_SPREAD_MS = 45_000;

export class SimulatedCluster {
  /** What the API server serves. */
  readonly store: EventStore;
  /** And what the events are about. */
  readonly objects: Objects;
  readonly nodes: readonly NodeObject[];
  readonly #random: Random;
  readonly #options: ClusterOptions;
  readonly #recorders = new Map<string, Recorder>();
  readonly #load: Load;
  // Ascending by time; those of the same time in the order in which they were added.
  readonly #tasks: Task[] = [];
  #now: number;
  #nanos = 0n;
  #skewMs = 0;

  constructor(options: ClusterOptions) {
    this.#options = options;
    this.#now = options.startMs;
    this.#random = new Random(options.seed);
    this.nodes = newNodes(this.#random.fork('nodes'), NODES);
    const { ttlMs, compactionMs } = options;
    this.store = new EventStore({ resourceVersion: FIRST_RESOURCE_VERSION, ttlMs, compactionMs });
    this.objects = new Objects({ resourceVersion: FIRST_RESOURCE_VERSION, compactionMs, now: () => this.#now });
    for (const { name, uid } of this.nodes) {
      this.objects.put({ kind: 'Node', name, uid, labels: { 'kubernetes.io/hostname': name } });
    }
    this.#load = new Load(this.#world('load'), this.#sink('load'));
    this.#every(compactionMs, () => {
      this.store.compact();
      this.objects.compact();
    });
    this.#every(LEASE_RENEWAL_MS, () => this.store.skip(NODES + this.#random.int(2, 6)));
    for (const [name, scenario] of options.scenarios) this.#play(name, scenario);
    if (options.rate > 0) this.#startLoad(options.rate);
  }

  /** Simulated time in milliseconds. */
  now(): number {
    return this.#now;
  }

  /** Lets simulated time pass, and happen what is due, in order. */
  advance(ms: number): void {
    const until = this.#now + ms;
    for (;;) {
      const taskAt = this.#tasks[0]?.at ?? Number.POSITIVE_INFINITY;
      const expiryAt = this.store.nextExpiry ?? Number.POSITIVE_INFINITY;
      const next = Math.min(taskAt, expiryAt);
      if (next > until) break;
      this.#now = Math.max(this.#now, next);
      if (expiryAt <= taskAt) this.store.expire(this.#now);
      else this.#tasks.shift()?.run();
    }
    this.#now = until;
  }

  /** Has a component's recorder record an event now. */
  emit(emission: Emission): void {
    this.#recorderOf(emission.by).record(emission);
  }

  /**
   * Fills the cluster with `count` more live events, as if they had been written evenly over the last TTL and the log
   * been compacted since: open watches expire.
   */
  preload(count: number): void {
    const now = this.#now;
    const { ttlMs } = this.#options;
    for (let i = 0; i < count; i += 1) {
      this.#now = Math.floor(now - ttlMs * (1 - i / count));
      this.#load.writeFinal(BigInt(this.#now) * 1_000_000n + BigInt(i));
    }
    this.#now = now;
    this.store.compact();
    this.store.compact();
  }

  /** From now on the components' own clocks differ from the API server's by this much. */
  skewClocks(ms: number): void {
    this.#skewMs = ms;
  }

  /** A number of events of the background mix, now. */
  burst(count: number): void {
    for (let i = 0; i < count; i += 1) this.#load.write(this.#emitterClock());
  }

  #play(name: string, scenario: Scenario): void {
    const world = this.#world(name);
    const story = scenario(world);
    const step = (delayMs: number): void => {
      const { value: emission } = story.next();
      this.#after(delayMs + emission.afterMs, () => {
        // The objects that the event is about were written as well.
        this.store.skip(world.random.int(0, 3));
        this.emit(emission);
        step(0);
      });
    };
    step(world.random.int(0, SCENARIO_SPREAD_MS));
  }

  #startLoad(rate: number): void {
    let due = 0;
    this.#every(LOAD_STEP_MS, () => {
      due += (rate * LOAD_STEP_MS) / 1_000;
      const writes = Math.floor(due);
      due -= writes;
      this.burst(writes);
    });
  }

  #world(label: string): World {
    return {
      random: this.#random.fork(label),
      common: this.#random,
      nodes: this.nodes,
      objects: this.objects,
      now: () => this.#now,
      resourceVersion: () => String(this.store.resourceVersion),
    };
  }

  #sink(label: string): { store: EventStore; random: Random; now: () => number } {
    return { store: this.store, random: this.#random.fork(`uids of ${label}`), now: () => this.#now };
  }

  #recorderOf(reporter: Reporter): Recorder {
    const key = `${reporter.component}\n${reporter.host ?? ''}`;
    let recorder = this.#recorders.get(key);
    if (!recorder) {
      recorder = this.#newRecorder(reporter, key);
      this.#recorders.set(key, recorder);
    }
    return recorder;
  }

  #newRecorder(reporter: Reporter, key: string): Recorder {
    const clock = (): bigint => this.#emitterClock();
    if (reporter.api === 'v1') return new LegacyRecorder(this.#sink(key), reporter, clock);
    const recorder = new SeriesRecorder(this.#sink(key), reporter, clock);
    this.#every(REFRESH_MS, () => recorder.refresh());
    this.#every(FINISH_MS, () => recorder.finish());
    return recorder;
  }

  // Never twice the same, since names of events are made of it.
  #emitterClock(): bigint {
    const nanos = BigInt(this.#now + this.#skewMs) * 1_000_000n + BigInt(this.#random.int(0, 999_999));
    this.#nanos = nanos > this.#nanos || this.#nanos - nanos > 1_000_000_000n ? nanos : this.#nanos + 1n;
    return this.#nanos;
  }

  #every(ms: number, run: () => void): void {
    this.#after(ms, () => {
      run();
      this.#every(ms, run);
    });
  }

  #after(ms: number, run: () => void): void {
    const at = this.#now + ms;
    const index = this.#tasks.findLastIndex((task) => task.at <= at);
    this.#tasks.splice(index + 1, 0, { at, run });
  }
}
