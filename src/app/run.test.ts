import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test, vi } from 'vitest';
import { ScriptedSink } from '../../test/helpers/scripted-sink.ts';
import { temporaryDirectory } from '../../test/helpers/temporary-directory.ts';
import { type Simulator, startSimulator } from '../simulator/simulator.ts';
import { openHistory } from './open-history.ts';
import { type RunConfig, type Running, run } from './run.ts';

async function simulator(): Promise<Simulator> {
  const started = await startSimulator({ seed: 7, speed: 0, pastMs: 600_000 });
  onTestFinished(() => started.close());
  return started;
}

function configOf(dataDir: string, ...clusters: RunConfig['clusters']): RunConfig {
  const listen = { host: '127.0.0.1', port: 0 };
  return {
    dataDir,
    clusters,
    sinks: [],
    routes: [],
    retention: { hold: { bytes: 1 } },
    listen,
    windowMs: 86_400_000,
    log: { format: 'json', level: 'error' },
  };
}

/** Runs until `stop`, which resolves when everything has ended. */
async function running(config: RunConfig): Promise<{ url: string; proxyUrl: string; stop: () => Promise<void> }> {
  const stopping = new AbortController();
  let ended: Promise<void> = Promise.resolve();
  const { probesUrl: url, proxyUrl = '' } = await new Promise<Running>((resolve, reject) => {
    ended = run(config, resolve, stopping.signal);
    ended.catch(reject);
  });
  const stop = async (): Promise<void> => {
    stopping.abort();
    await ended;
  };
  onTestFinished(stop);
  return { url, proxyUrl, stop };
}

const probe = async (url: string, path: string): Promise<string> => (await fetch(`${url}${path}`)).text();

async function storedNames(dataDir: string): Promise<Set<string>> {
  const history = openHistory(dataDir);
  const names = new Set<string>();
  for await (const { body } of history.events({}, { order: 'oldest-first' })) names.add(body.metadata.name);
  await history.close();
  return names;
}

describe('run', () => {
  test('keeps what the cluster has and what happens next, and says that it is ready', async () => {
    const dataDir = temporaryDirectory();
    const { url: server, cluster } = await simulator();
    const { url, stop } = await running(configOf(dataDir, { name: 'sim', server }));
    await vi.waitFor(
      async () => expect(await probe(url, '/readyz')).toBe('[+] store ok\n[+] watch sim * ok\nready\n'),
      10_000,
    );
    const listed = await storedNames(dataDir);
    cluster.burst(25);
    await vi.waitFor(async () => expect((await storedNames(dataDir)).size).toBe(cluster.store.size), 10_000);
    expect(cluster.store.size).toBeGreaterThan(listed.size);
    expect(await probe(url, '/healthz')).toBe('ok\n');
    const answer = JSON.parse(await probe(url, '/tidings/v1/series?from=now-1d&limit=1000'));
    expect(answer.data.rows).toHaveLength(cluster.store.size);
    const metrics = await probe(url, '/metrics');
    expect(metrics).toMatch(/^tidings_watches_total\{cluster="sim"\} 1$/m);
    expect(metrics).toMatch(/^process_resident_memory_bytes \d+$/m);
    await stop();
    await expect(fetch(url)).rejects.toThrow('fetch failed');
  });

  test('stands in front of the API server of the cluster that is named', async () => {
    const [first, second] = [await simulator(), await simulator()];
    const clusters = [
      { name: 'first', server: first.url },
      { name: 'second', server: second.url },
    ];
    const config = configOf(temporaryDirectory(), ...clusters);
    const listen = { host: '127.0.0.1', port: 0 };
    const { url, proxyUrl, stop } = await running({ ...config, proxy: { listen, cluster: 'second' } });
    const path = '/api/v1/namespaces/kube-system';
    expect(await probe(proxyUrl, path)).toBe(await probe(second.url, path));
    expect(await probe(url, '/metrics')).toMatch(/^tidings_proxy_requests_total\{kind="passed"\} 1$/m);
    await stop();
    await expect(fetch(proxyUrl)).rejects.toThrow('fetch failed');
    const unknown = run({ ...config, proxy: { listen, cluster: 'third' } }, () => {}, AbortSignal.abort());
    await expect(unknown).rejects.toThrow('use proxy.cluster: found "third", want one of first, second');
  });

  test('collects and delivers in a data directory whose path is too long for a socket', async () => {
    const dataDir = join(temporaryDirectory(), 'x'.repeat(100));
    const { url: server, cluster } = await simulator();
    const sink = new ScriptedSink();
    const from = { kind: 'beginning' } as const;
    const { stop } = await running({
      ...configOf(dataDir, { name: 'sim', server }),
      sinks: [sink.config({ from })],
      retention: { hold: { bytes: 1_000_000 } },
    });
    await vi.waitFor(() => expect(sink.taken).toHaveLength(cluster.store.size), 10_000);
    expect(existsSync(join(dataDir, 'admin.sock'))).toBe(false);
    await stop();
  });

  test('commits what it received when it is stopped, and goes on from there', async () => {
    const dataDir = temporaryDirectory();
    const { url: server, cluster } = await simulator();
    const config = configOf(dataDir, { name: 'sim', server });
    const first = await running(config);
    await vi.waitFor(async () => expect(await probe(first.url, '/readyz')).toContain('\nready'), 10_000);
    await first.stop();
    cluster.burst(10);
    const second = await running(config);
    await vi.waitFor(async () => expect((await storedNames(dataDir)).size).toBe(cluster.store.size), 10_000);
    expect(await probe(second.url, '/metrics')).not.toMatch(/^tidings_lists_total/m);
  });

  test('says which scope is refused and goes on with the others', async () => {
    const dataDir = temporaryDirectory();
    const { url: server, faults } = await simulator();
    faults.refuse('payments');
    const { url } = await running(configOf(dataDir, { name: 'sim', server, namespaces: ['shop', 'payments'] }));
    await vi.waitFor(async () => {
      const text = await probe(url, '/readyz');
      expect(text).toContain('[-] watch sim payments: refused: RBAC rule missing: verb "list" on resource "events"');
      expect(text).toContain('[+] watch sim shop ok\n');
      expect(text).toContain('[+] watch sim default/nodes ok\n');
      expect(text).toContain('\nnot ready\n');
    }, 10_000);
  });

  test('rejects with the reason when another process writes to the store', async () => {
    const dataDir = temporaryDirectory();
    const { url: server } = await simulator();
    const config = configOf(dataDir, { name: 'sim', server });
    await running(config);
    const second = run(config, () => {}, new AbortController().signal);
    await expect(second).rejects.toMatchObject({ code: 'STORE_LOCKED' });
  });

  test('rejects when a file is where the data directory should be', async () => {
    const file = join(temporaryDirectory(), 'file');
    writeFileSync(file, '');
    const { url } = await simulator();
    for (const dataDir of [file, join(file, 'below')]) {
      await expect(running(configOf(dataDir, { server: url }))).rejects.toMatchObject({
        code: 'STORE_FAILED',
        message: expect.stringMatching(/^open the store .*, want a file in a directory$/),
      });
    }
  });

  test('rejects before anything starts when two clusters have one name', async () => {
    const dataDir = temporaryDirectory();
    const kubeconfig = join(dataDir, 'config');
    const cluster = { name: 'c', cluster: { server: 'https://127.0.0.1:1' } };
    const context = { name: 'prod', context: { cluster: 'c', user: 'u' } };
    writeFileSync(
      kubeconfig,
      JSON.stringify({
        clusters: [cluster],
        contexts: [context],
        users: [{ name: 'u', user: {} }],
        'current-context': 'prod',
      }),
    );
    const started = run(
      configOf(dataDir, { kubeconfig }, { name: 'prod', kubeconfig }),
      () => {},
      new AbortController().signal,
    );
    await expect(started).rejects.toMatchObject({
      code: 'CONFIG_INVALID',
      message: expect.stringContaining('two named "prod"'),
    });
  });

  test('closes what it opened when it cannot listen for administration', async () => {
    const dataDir = temporaryDirectory();
    const { url: server } = await simulator();
    mkdirSync(join(dataDir, 'admin.sock', 'in-the-way'), { recursive: true });
    const sink = new ScriptedSink();
    const started = running({ ...configOf(dataDir, { name: 'sim', server }), sinks: [sink.config()] });
    await expect(started).rejects.toMatchObject({ code: 'LISTEN_FAILED' });
    expect(sink).toMatchObject({ opened: 1, open: 0 });
  });
});
