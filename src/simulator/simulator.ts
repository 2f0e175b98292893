/** A cluster to try Tidings on, to test it and to measure it with: scripted, seeded, and served over HTTP on loopback. */
import { ApiServer } from './api-server.ts';
import { SimulatedCluster } from './cluster.ts';
import type { Faults } from './faults.ts';
import { Random } from './random.ts';
import { SCENARIOS, type ScenarioName } from './scenarios/index.ts';

export type { SimulatedCluster } from './cluster.ts';
export type { Faults } from './faults.ts';
export type { ScenarioName } from './scenarios/index.ts';

/** The names of all scenarios. */
export const SCENARIO_NAMES = Object.keys(SCENARIOS) as readonly ScenarioName[];

export interface SimulatorOptions {
  /** What all names, numbers and pauses come from; default 1. */
  readonly seed?: number;
  /** Default: all. */
  readonly scenarios?: readonly ScenarioName[];
  /** Simulated seconds a real second, default 1; with 0 the clock only moves by {@link Simulator.advance}. */
  readonly speed?: number;
  /** How long the cluster has been running already; the API lists what the TTL has left of that. Default 0. */
  readonly pastMs?: number;
  /** Simulated time at which the server starts; default now. */
  readonly start?: number;
  /** How long events live in simulated time, default 1 h. */
  readonly ttlMs?: number;
  /** How often old resourceVersions are forgotten, in simulated time; default 5 min. */
  readonly compactionMs?: number;
  /** Events a simulated second on top of the scenarios; default 0. */
  readonly rate?: number;
  /** Bearer tokens of whom the server knows; default: everybody is let in. */
  readonly tokens?: readonly string[];
  /** Default: a free one. */
  readonly port?: number;
  /** The real clock in milliseconds that `speed` is measured against; default `performance.now`. */
  readonly realClock?: () => number;
}

export interface Simulator {
  /** Of the API server, without a slash at the end. */
  readonly url: string;
  readonly cluster: SimulatedCluster;
  readonly faults: Faults;
  /** Moves the simulated clock on by this much more. */
  advance(ms: number): void;
  close(): Promise<void>;
}

const HOST = '127.0.0.1';
const HOUR_MS = 3_600_000;
const TICK_MS = 50;

/** Starts the cluster and its API server, which listens when the promise resolves. Rejects when the port is taken. */
export async function startSimulator(options: SimulatorOptions = {}): Promise<Simulator> {
  const { seed = 1, pastMs = 0, start = Date.now(), speed = 1, port = 0 } = options;
  const names = options.scenarios ?? SCENARIO_NAMES;
  const cluster = new SimulatedCluster({
    seed,
    scenarios: new Map(names.map((name) => [name, SCENARIOS[name]])),
    startMs: Math.floor(start - pastMs),
    ttlMs: options.ttlMs ?? HOUR_MS,
    compactionMs: options.compactionMs ?? 5 * 60_000,
    rate: options.rate ?? 0,
  });
  cluster.advance(Math.floor(pastMs));
  const server = new ApiServer(cluster, new Random(seed).fork('kube-system').uuid(), options.tokens ?? []);
  const listening = await server.listen({ host: HOST, port });
  const stopClock = runClock(cluster, speed, options.realClock ?? (() => performance.now()));
  return {
    url: `http://${HOST}:${listening}`,
    cluster,
    faults: server.faults,
    advance: (ms) => cluster.advance(ms),
    close: async () => {
      stopClock();
      await server.close();
    },
  };
}

function runClock(cluster: SimulatedCluster, speed: number, realClock: () => number): () => void {
  if (speed === 0) return () => {};
  const startedAt = realClock();
  let passedMs = 0;
  const timer = setInterval(() => {
    const untilMs = Math.floor((realClock() - startedAt) * speed);
    cluster.advance(untilMs - passedMs);
    passedMs = untilMs;
  }, TICK_MS);
  return () => clearInterval(timer);
}
