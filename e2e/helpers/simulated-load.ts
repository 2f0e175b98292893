/** A simulated cluster in which nothing happens but what a test writes, and which knows what that was. */
import { setTimeout as sleep } from 'node:timers/promises';
import { type Simulator, startSimulator } from '../../src/simulator/simulator.ts';

const CLUSTER = 'simulated';
const STEP_MS = 20;
const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;

interface Pace {
  readonly perSecond: number;
  readonly count?: number;
  /** Simulated seconds a second; default 1. */
  readonly speed?: number;
  readonly signal?: AbortSignal;
}

export class SimulatedLoad {
  /** The `clusters` of a configuration. */
  readonly clusters: readonly object[];
  /** What was written, by the key under which sinks send it: when, by performance.now. */
  readonly offered = new Map<string, number>();
  readonly #simulator: Simulator;
  #position: number;

  private constructor(simulator: Simulator) {
    this.#simulator = simulator;
    this.clusters = [{ name: CLUSTER, server: simulator.url }];
    const { store } = simulator.cluster;
    this.#position = store.positionAfter(store.resourceVersion);
  }

  /** A cluster without an event, which remembers a simulated day of changes, whose clock stands still. */
  static async start(seed: number): Promise<SimulatedLoad> {
    const options = { seed, scenarios: [], speed: 0, ttlMs: HOUR_MS, compactionMs: DAY_MS };
    return new SimulatedLoad(await startSimulator(options));
  }

  /** So many revisions at once. */
  write(count: number): void {
    const { cluster } = this.#simulator;
    cluster.burst(count);
    const at = performance.now();
    for (;;) {
      const change = cluster.store.changeAt(this.#position);
      if (change === undefined) return;
      if (change === 'compacted') throw new Error('look at what was written: it is gone');
      this.#position++;
      if (change.type !== 'DELETED') this.offered.set(keyOf(change.event), at);
    }
  }

  /** Evenly, until so many are written or it is told to end. */
  async writeEvenly({ perSecond, count = Number.POSITIVE_INFINITY, speed = 1, signal }: Pace): Promise<void> {
    const beganAt = performance.now();
    let passedMs = 0;
    for (let written = 0; written < count && !signal?.aborted; ) {
      await sleep(STEP_MS);
      const elapsedMs = Math.floor(performance.now() - beganAt);
      this.#simulator.advance((elapsedMs - passedMs) * speed);
      passedMs = elapsedMs;
      const due = Math.min(count, Math.floor((elapsedMs * perSecond) / 1000));
      this.write(due - written);
      written = due;
    }
  }

  async close(): Promise<void> {
    await this.#simulator.close();
  }
}

function keyOf({ json, resourceVersion }: { readonly json: string; readonly resourceVersion: number }): string {
  const { uid } = (JSON.parse(json) as { readonly metadata: { readonly uid: string } }).metadata;
  // As src/core/record-key.ts makes it, in words of its own: the first epoch, and texts that need no escape.
  return `${CLUSTER}/1/${uid}/${resourceVersion}`;
}
