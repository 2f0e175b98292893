import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test, vi } from 'vitest';
import { collector } from '../../test/helpers/collector.ts';
import { temporaryDirectory } from '../../test/helpers/temporary-directory.ts';
import { configSchema } from '../app/config.ts';
import { openHistory } from '../app/open-history.ts';
import { loadConfig } from '../config/load.ts';
import { startSimulator } from '../simulator/simulator.ts';
import { runCli } from './cli.ts';

const FLAGS = ['--kubeconfig=/root/.kube/config', '-topic', 'k8s-event', '--broker=10.0.7.14:9092'];

async function cli(args: readonly string[], io: { readonly program?: string; env?: Record<string, string> } = {}) {
  const [stdout, stderr] = [collector(), collector()];
  const code = await runCli(args, { env: {}, now: Date.now, ...io, stdout, stderr });
  return { code, stdout: stdout.text, stderr: stderr.text };
}

const USAGE = expect.stringMatching(/^Usage of event-collector:\n {2}-broker string\n/);

describe('event-collector', () => {
  test('reads its arguments as Go does, as a command and as a program of that name', async () => {
    const unknown = {
      code: 2,
      stdout: '',
      stderr: expect.stringMatching(/^flag provided but not defined: -x\nUsage of/),
    };
    expect(await cli(['event-collector', '--x=1'])).toEqual(unknown);
    expect(await cli(['--x', '1'], { program: 'event-collector' })).toEqual(unknown);
    expect(await cli(['event-collector', '-h'])).toEqual({ code: 0, stdout: '', stderr: USAGE });
    expect(await cli(['--help'], { program: 'event-collector' })).toEqual({ code: 0, stdout: '', stderr: USAGE });
  });

  test('refuses what cannot be, before anything starts', async () => {
    const { code, stderr, stdout } = await cli(['event-collector', '-topic', 'a b', '-broker', 'kafka']);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toMatch(/^error: event-collector:\d+:\d+: sinks\[0\]\.brokers\[0\]: found "kafka", want an address/);
    expect(stderr).toMatch(/sinks\[0\]\.topic: found "a b"/);
  });

  test('prints its brokers and stores what it sees, until it is stopped', async () => {
    const directory = temporaryDirectory();
    const simulator = await startSimulator({ seed: 7, speed: 0, pastMs: 600_000 });
    onTestFinished(() => simulator.close());
    const kubeconfig = join(directory, 'config');
    const cluster = { name: 'c', cluster: { server: simulator.url } };
    const context = { name: 'sim', context: { cluster: 'c', user: 'u' } };
    const config = { clusters: [cluster], contexts: [context], users: [{ name: 'u', user: {} }] };
    writeFileSync(kubeconfig, JSON.stringify({ ...config, 'current-context': 'sim' }));
    const stopping = new AbortController();
    const [stdout, stderr] = [collector(), collector()];
    const dataDir = join(directory, 'data');
    const code = runCli(['-kubeconfig', kubeconfig, '-topic=t', '-broker=127.0.0.1:1'], {
      program: 'event-collector',
      env: { TIDINGS_DATA: dataDir, TIDINGS_LOG_LEVEL: 'error' },
      now: Date.now,
      stdout,
      stderr,
      signal: stopping.signal,
    });
    await vi.waitFor(async () => {
      const history = openHistory(dataDir);
      const { revisions } = await history.stats();
      await history.close();
      expect(revisions).toBeGreaterThan(0);
    }, 10_000);
    stopping.abort();
    expect(await code).toBe(0);
    expect(stdout.text).toBe('kafka brokers:  127.0.0.1:1\n');
    expect(stderr.text).toBe('');
  });
});

describe('convert', () => {
  test('prints a configuration that can be loaded, with notes', async () => {
    const { code, stdout } = await cli(['convert', 'event-collector', ...FLAGS]);
    expect(code).toBe(0);
    expect(stdout).toMatch(/^ {4}key: event # event-collector sets none/m);
    const { clusters, sinks } = (await loadConfig({ schema: configSchema, env: {}, text: stdout })).config;
    expect(clusters).toEqual([{ kubeconfig: '/root/.kube/config' }]);
    expect(sinks).toMatchObject([{ name: 'kafka', from: { kind: 'beginning' }, settings: { topic: 'k8s-event' } }]);
  });

  test('leaves alone what looks like a variable', async () => {
    const { stdout } = await cli(['convert', 'event-collector', ...FLAGS, '-kubeconfig=/a/${b}/c']);
    const { clusters } = (await loadConfig({ schema: configSchema, env: {}, text: stdout })).config;
    expect(clusters).toEqual([{ kubeconfig: '/a/${b}/c' }]);
  });

  test('answers as the tool does, and knows no other tools', async () => {
    expect(await cli(['convert', 'event-collector', '-x'])).toMatchObject({ code: 2, stdout: '' });
    expect(await cli(['convert', 'event-collector', '-h'])).toEqual({ code: 0, stdout: '', stderr: USAGE });
    expect(await cli(['convert', 'fluentd'])).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('Wanted: event-collector'),
    });
  });
});
