/** `tidings run` between a simulated cluster and a real destination, which is not there for a while. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { onTestFinished } from 'vitest';
import { recordKey } from '../../src/core/record-key.ts';
import { startSimulator } from '../../src/simulator/simulator.ts';
import type { Destination } from './server-destinations.ts';
import { testDirectory, tidingsUnderTest } from './suite.ts';
import { type PrintedEvent, type RunningTidings, runTidings, storedEvents } from './tidings.ts';
import { until } from './until.ts';

export interface Delivered {
  /** How many records Tidings has stored. */
  readonly stored: number;
  /** The keys of those that are not at the destination, and of those that are nowhere else. */
  readonly missing: readonly string[];
  readonly unknown: readonly string[];
  /** How many are there that were there before. */
  readonly repeated: number;
}

export const BATCH = 100;
const READABLE_MS = 30_000;

/** Has so many events happen; `end` ends the destination while the first half arrives, `restart` starts it again. */
export async function deliver(
  destination: Destination,
  events: number,
  { end, restart }: { readonly end: () => Promise<void>; readonly restart: () => Promise<void> },
): Promise<Delivered> {
  const sink = { name: 'sink', from: 'beginning', batch: { records: BATCH }, ...destination.settings };
  const { running, simulator } = await runningWith([sink]);
  const half = Math.floor(events / 2);
  simulator.cluster.burst(half);
  await until('the first are delivered', async () => (await delivered(running)) > 0);
  await end();
  simulator.cluster.burst(events - half);
  await until('one is not taken', async () => (await failed(running)) > 0);
  await restart();
  await until(`${events} records are delivered`, async () => (await delivered(running)) >= events, 120_000);
  const printed = await storedEvents(running.dataDir, '--revisions');
  const stored = new Set(printed.map(keyOf));
  // What is acknowledged may be found a little later.
  let found = await destination.keys();
  for (const deadline = Date.now() + READABLE_MS; new Set(found).size < stored.size && Date.now() < deadline; ) {
    await sleep(500);
    found = await destination.keys();
  }
  const arrived = new Set(found);
  return {
    stored: printed.length,
    missing: [...stored].filter((key) => !arrived.has(key)),
    unknown: [...arrived].filter((key) => !stored.has(key)),
    repeated: found.length - arrived.size,
  };
}

function keyOf({ metadata, tidings: { cluster } }: PrintedEvent): string {
  return recordKey({ cluster, epoch: 1, body: { metadata, involvedObject: {} } });
}

/** What `tidings sinks test` says of a sink with each of these settings. */
export async function problemsOf<Name extends string>(
  sinks: Readonly<Record<Name, Readonly<Record<string, unknown>>>>,
): Promise<Readonly<Record<Name, string>>> {
  const names = Object.keys(sinks) as Name[];
  const { running } = await runningWith(names.map((name) => ({ name, ...sinks[name] })));
  const problems = {} as Record<Name, string>;
  for (const name of names) {
    problems[name] = await runTidings(['sinks', 'test', name, '--data', running.dataDir]).catch(stderrOf);
  }
  return problems;
}

async function runningWith(sinks: readonly object[]) {
  const simulator = await startSimulator({ scenarios: [], speed: 0 });
  onTestFinished(() => simulator.close());
  const config = join(testDirectory(), 'config.yaml');
  writeFileSync(config, JSON.stringify({ clusters: [{ name: 'sim', server: simulator.url }], sinks }));
  const running = tidingsUnderTest(['--config', config]);
  await running.start();
  return { running, simulator };
}

async function delivered(running: RunningTidings): Promise<number> {
  return numberOf(await running.metrics(), /^tidings_sink_records_total\{.*outcome="delivered".*\} (\d+)$/gm);
}

async function failed(running: RunningTidings): Promise<number> {
  return numberOf(await running.metrics(), /^tidings_sink_failures_total\{.*\} (\d+)$/gm);
}

function numberOf(metrics: string, pattern: RegExp): number {
  return [...metrics.matchAll(pattern)].reduce((sum, [, value]) => sum + Number(value), 0);
}

function stderrOf(error: unknown): string {
  if (error instanceof Error && 'stderr' in error && typeof error.stderr === 'string') return error.stderr;
  throw error;
}
