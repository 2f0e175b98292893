import { randomInt } from 'node:crypto';
import { startSimulator } from '../simulator/simulator.ts';
import { type RunConfig, type Running, type RunReload, run } from './run.ts';

/** So that the first list shows as much as a real cluster's would. */
const PAST_MS = 60 * 60_000;

/** As {@link run}, on a simulated cluster instead of what is configured. Each start is a cluster rebuilt under the name `demo`. */
export async function runDemo(
  { kafka: _kafka, ...config }: RunConfig,
  onRunning: (running: Running) => void,
  signal: AbortSignal,
  reload?: RunReload,
): Promise<void> {
  const simulator = await startSimulator({ seed: randomInt(2 ** 31), pastMs: PAST_MS });
  try {
    await run(
      { ...config, lookUpOwners: true, clusters: [{ name: 'demo', server: simulator.url }] },
      onRunning,
      signal,
      reload,
    );
  } finally {
    await simulator.close();
  }
}
