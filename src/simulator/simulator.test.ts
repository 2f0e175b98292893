import { createHash } from 'node:crypto';
import { describe, expect, onTestFinished, test, vi } from 'vitest';
import { rawGet, rawWatch } from '../../test/helpers/raw-client.ts';
import { SCENARIO_NAMES, type Simulator, type SimulatorOptions, startSimulator } from './simulator.ts';

const START = Date.parse('2026-11-21T12:00:00Z');
const HOUR_MS = 3_600_000;

async function start(options: SimulatorOptions = {}): Promise<Simulator> {
  const simulator = await startSimulator({ speed: 0, start: START, ...options });
  onTestFinished(() => simulator.close());
  return simulator;
}

/** All that a watch from the first resourceVersion brings within two hours, step by step. */
async function stream(options: SimulatorOptions): Promise<string> {
  const simulator = await start({ compactionMs: 24 * HOUR_MS, rate: 0.2, ...options });
  const watch = await rawWatch(`${simulator.url}/api/v1/events?watch=1&resourceVersion=1`);
  onTestFinished(() => watch.close());
  for (let minute = 0; minute < 120; minute += 1) simulator.advance(60_000);
  const last = `"resourceVersion":"${simulator.cluster.store.page('', '\uffff', 9e9, simulator.cluster.store.resourceVersion).items.reduce((max, item) => Math.max(max, item.resourceVersion), 0)}"`;
  await vi.waitFor(() => expect(watch.text().endsWith('\n') && watch.text().includes(last)).toBe(true), 5_000);
  return createHash('sha256').update(watch.text()).digest('hex');
}

describe('startSimulator', () => {
  test('gives the same bytes for the same seed and steps of the clock, and others for another seed', async () => {
    const first = await stream({ seed: 42 });
    expect(await stream({ seed: 42 })).toBe(first);
    expect(await stream({ seed: 43 })).not.toBe(first);
  });

  test('plays each scenario the same whatever others play beside it', async () => {
    const pods = async (options: SimulatorOptions): Promise<unknown[]> => {
      const simulator = await start(options);
      simulator.advance(20 * 60_000);
      const { body } = await rawGet(`${simulator.url}/api/v1/events?fieldSelector=reason%3DFailedScheduling`);
      return (JSON.parse(body) as { items: { involvedObject: { name: string } }[] }).items.map(
        ({ involvedObject }) => involvedObject.name,
      );
    };
    const alone = await pods({ scenarios: ['failed-scheduling'] });
    expect(alone.length).toBeGreaterThan(0);
    expect(await pods({})).toEqual(alone);
  });

  test('has one UID for an object, whoever speaks of it', async () => {
    const simulator = await start({ pastMs: 6 * HOUR_MS, ttlMs: 6 * HOUR_MS });
    const { body } = await rawGet(`${simulator.url}/api/v1/events?fieldSelector=involvedObject.kind%3DDeployment`);
    const { items } = JSON.parse(body) as { items: { involvedObject: { name: string; uid: string } }[] };
    const names = new Set(items.map(({ involvedObject }) => involvedObject.name));
    const uids = new Set(items.map(({ involvedObject }) => involvedObject.uid));
    expect(names.has('checkout')).toBe(true);
    expect(uids.size).toBe(names.size);
  });

  test('has a past of which the TTL has left the last hour', async () => {
    const simulator = await start({ pastMs: 12 * HOUR_MS });
    const { body } = await rawGet(`${simulator.url}/api/v1/events`);
    const { items } = JSON.parse(body) as {
      items: { metadata: { creationTimestamp: string }; lastTimestamp: string | null; count?: number }[];
    };
    const lastWrites = items.flatMap(({ lastTimestamp }) => (lastTimestamp ? [Date.parse(lastTimestamp)] : []));
    expect(items.length).toBeGreaterThan(200);
    expect(Math.min(...lastWrites)).toBeGreaterThanOrEqual(START - HOUR_MS - 61_000);
    expect(Math.max(...lastWrites)).toBeLessThanOrEqual(START);
    // What repeats has been doing so for longer than that.
    expect(Math.max(...items.map(({ count = 1 }) => count))).toBeGreaterThan(100);
  });

  test('runs at a calm and lively rate from the first minute on', async () => {
    const simulator = await start();
    const written = (): number => simulator.cluster.store.size;
    simulator.advance(60_000);
    expect(written()).toBeGreaterThan(10);
    simulator.advance(HOUR_MS - 60_000);
    expect(written()).toBeGreaterThan(300);
    expect(written()).toBeLessThan(3_000);
  });

  test('lets simulated time run at its speed', async () => {
    let realMs = 0;
    const simulator = await start({ speed: 60, realClock: () => realMs });
    realMs = 2_000;
    await vi.waitFor(() => expect(simulator.cluster.now()).toBe(START + 120_000));
  });

  test('writes at a rate on top of the scenarios', async () => {
    const simulator = await start({ scenarios: [], rate: 500 });
    const before = simulator.cluster.store.resourceVersion;
    simulator.advance(4_000);
    const written = simulator.cluster.store.resourceVersion - before;
    expect(written).toBe(2_000);
  });

  test('preloads live events that then expire over one TTL', async () => {
    const simulator = await start({ scenarios: [] });
    simulator.cluster.preload(20_000);
    const { store } = simulator.cluster;
    expect(store.size).toBe(20_000);
    const { body } = await rawGet(`${simulator.url}/api/v1/events?limit=500`);
    const { items } = JSON.parse(body) as { items: { message: string }[] };
    expect(new Set(items.map(({ message }) => message)).size).toBeGreaterThan(50);
    simulator.advance(HOUR_MS / 2);
    expect(store.size / 20_000).toBeCloseTo(0.5, 1);
    simulator.advance(HOUR_MS);
    expect(store.size).toBe(0);
  });

  test('keeps memory bounded: the log and the live events do not grow with time', async () => {
    const simulator = await start({ pastMs: 48 * HOUR_MS });
    const { store } = simulator.cluster;
    expect(store.size).toBeLessThan(2_000);
    expect(store.resourceVersion - store.compacted).toBeLessThan(5_000);
  });

  test('rejects when the port is taken', async () => {
    const simulator = await start({ scenarios: [] });
    const port = Number(new URL(simulator.url).port);
    await expect(startSimulator({ port, scenarios: [], speed: 0 })).rejects.toThrow(/EADDRINUSE/);
  });

  test('names at least twelve scenarios', () => {
    expect(SCENARIO_NAMES.length).toBeGreaterThanOrEqual(12);
  });
});
