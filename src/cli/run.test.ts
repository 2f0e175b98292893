import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test, vi } from 'vitest';
import { collector } from '../../test/helpers/collector.ts';
import { httpServer } from '../../test/helpers/http-server.ts';
import { temporaryDirectory } from '../../test/helpers/temporary-directory.ts';
import { startSimulator } from '../simulator/simulator.ts';
import { runCli } from './cli.ts';

/** `tidings run` with a configuration, until the test is over. */
async function running(config: string) {
  const directory = temporaryDirectory();
  const file = join(directory, 'config.yaml');
  writeFileSync(file, config);
  const stream = collector();
  const stopping = new AbortController();
  const listeners = new Set<() => void>();
  const exit = runCli(['run', '--config', file, '--data', join(directory, 'data'), '--listen', '127.0.0.1:0'], {
    stdout: stream,
    stderr: stream,
    env: {},
    now: Date.now,
    signal: stopping.signal,
    onHangup(callback) {
      listeners.add(callback);
      return () => listeners.delete(callback);
    },
  });
  onTestFinished(async () => {
    stopping.abort();
    expect(await exit).toBe(0);
    expect(listeners.size).toBe(0);
  });
  await vi.waitFor(() => expect(stream.text).toContain('/readyz'), 10_000);
  const [probesUrl = ''] = /http:\S+(?=\/readyz)/.exec(stream.text) ?? [];
  return {
    metrics: async () => (await fetch(`${probesUrl}/metrics`)).text(),
    rewrite: (next: string) => writeFileSync(file, next),
    hangUp: () => {
      for (const listener of listeners) listener();
    },
  };
}

describe('tidings run', () => {
  test('reads its configuration again on SIGHUP: sinks come and go while it runs', async () => {
    const simulator = await startSimulator({ seed: 7, speed: 0, pastMs: 600_000 });
    onTestFinished(() => simulator.close());
    const { origin, requests } = await httpServer();
    const cluster = `clusters: [{ name: sim, server: "${simulator.url}" }]\nlog: { level: error }\n`;
    const { metrics, rewrite, hangUp } = await running(cluster);
    const reloaded = async (): Promise<number> =>
      Number(/^tidings_config_last_reload_success_timestamp_seconds (\S+)$/m.exec(await metrics())?.[1]);
    const start = await reloaded();
    expect(start).toBeGreaterThan(0);
    expect(await metrics()).not.toContain('tidings_sink_lag_records{');

    rewrite(`${cluster}sinks: [{ name: hook, type: http, url: "${origin}", from: beginning }]\n`);
    hangUp();
    await vi.waitFor(() => expect(requests.length).toBeGreaterThan(0), 10_000);
    await vi.waitFor(async () => expect(await reloaded()).toBeGreaterThan(start), 10_000);
    const added = await reloaded();
    expect(await metrics()).toMatch(/^tidings_config_last_reload_successful 1$/m);
    expect(await metrics()).toContain('tidings_sink_lag_records{sink="hook"}');

    rewrite(cluster);
    hangUp();
    await vi.waitFor(async () => expect(await reloaded()).toBeGreaterThan(added), 10_000);
    expect(await metrics()).not.toContain('tidings_sink_lag_records{');
  });
});
