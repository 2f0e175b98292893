import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test, vi } from 'vitest';
import { collector } from '../../test/helpers/collector.ts';
import { ScriptedSink } from '../../test/helpers/scripted-sink.ts';
import { openHistory } from '../app/open-history.ts';
import { type RunConfig, run } from '../app/run.ts';
import { STORE_FILE } from '../app/store-file.ts';
import { testEvent } from '../app/test-event.ts';
import type { SinkStatus } from '../component/delivery-admin.ts';
import type { Failure, Outcome } from '../component/sink.ts';
import type { SinkStart } from '../component/sink-start.ts';
import { startSimulator } from '../simulator/simulator.ts';
import { openSqliteReader } from '../store/sqlite/sqlite-reader.ts';
import { openSqliteStore } from '../store/sqlite/sqlite-store.ts';
import { runCli } from './cli.ts';

const WRONG: Outcome = { status: 'reject', reason: 'invalid', problem: 'POST /: 400 found' };

async function delivering(
  from: SinkStart = { kind: 'beginning' },
  prepare: (dataDir: string) => Promise<void> = async () => {},
) {
  const dataDir = mkdtempSync(join(tmpdir(), 'tidings-sinks-'));
  await prepare(dataDir);
  const simulator = await startSimulator({ seed: 7, speed: 0, pastMs: 600_000 });
  const stopping = new AbortController();
  const destination = new ScriptedSink();
  const config: RunConfig = {
    dataDir,
    clusters: [{ name: 'sim', server: simulator.url }],
    sinks: [destination.config({ from })],
    routes: [],
    retention: { hold: { bytes: 1_000_000 } },
    listen: { host: '127.0.0.1', port: 0 },
    windowMs: 86_400_000,
    log: { format: 'json', level: 'error' },
  };
  const started = Promise.withResolvers<string>();
  const ended = run(config, ({ probesUrl }) => started.resolve(probesUrl), stopping.signal);
  ended.catch(started.reject);
  const probesUrl = await started.promise;
  const stop = async (): Promise<void> => {
    stopping.abort();
    await ended;
  };
  onTestFinished(async () => {
    await stop();
    await simulator.close();
    rmSync(dataDir, { recursive: true });
  });
  await vi.waitFor(async () => expect((await fetch(`${probesUrl}/readyz`)).status).toBe(200), 10_000);
  // Ready means that it watches; what was listed may still be on its way into the store.
  await vi.waitFor(async () => {
    const history = openHistory(dataDir);
    const { revisions } = await history.stats();
    await history.close();
    expect(revisions).toBe(simulator.cluster.store.size);
  }, 10_000);
  const cli = (...args: readonly string[]) => cliIn({ TIDINGS_DATA: dataDir }, ...args);
  const status = async () => {
    const [sink] = JSON.parse((await cli('sinks', '-o', 'json')).stdout) as SinkStatus[];
    if (!sink) throw new Error('no sink');
    return sink;
  };
  return { dataDir, cluster: simulator.cluster, destination, cli, status, stop };
}

async function cliIn(env: Readonly<Record<string, string>>, ...args: readonly string[]) {
  const [stdout, stderr] = [collector(), collector()];
  const io = { stdout, stderr, env: { ...env, NO_COLOR: '1' }, now: Date.now };
  const exitCode = await runCli(args, io);
  return { exitCode, stdout: stdout.text, stderr: stderr.text };
}

describe('tidings sinks', () => {
  test('delivers what is stored and what happens next, and says how it is doing', async () => {
    const { cluster, destination, cli, status } = await delivering();
    const listed = cluster.store.size;
    await vi.waitFor(() => expect(destination.reasons).toHaveLength(listed), 10_000);
    cluster.burst(25);
    await vi.waitFor(() => expect(destination.reasons).toHaveLength(listed + 25), 10_000);
    await vi.waitFor(async () => expect((await status()).lagRecords).toBe(0), 5_000);
    const { stdout } = await cli('sinks');
    expect(stdout).toMatch(/^NAME +TYPE +STATE +LAG +BEHIND +RATE +DEAD LETTERS +MISSED +LAST FAILURE$/m);
    expect(stdout).toMatch(/^memory +memory +delivering +0 +0s +[\d.]+\/s +0 +0 +<none>$/m);
  });

  test('begins with news: what the first list holds is none', async () => {
    const { cluster, destination, status } = await delivering({ kind: 'now' });
    await vi.waitFor(async () => expect((await status()).lagRecords).toBe(0), 5_000);
    cluster.burst(5);
    await vi.waitFor(() => expect(destination.reasons).toHaveLength(5), 10_000);
  });

  test('pauses, also for the next start, and resumes where it stopped', async () => {
    const { cluster, destination, cli, status } = await delivering({ kind: 'now' });
    expect((await cli('sinks', 'pause', 'memory')).stdout).toBe('memory is paused\n');
    cluster.burst(5);
    await vi.waitFor(async () => expect((await status()).lagRecords).toBeGreaterThanOrEqual(5), 5_000);
    expect(await status()).toMatchObject({ state: 'paused' });
    expect(destination.reasons).toEqual([]);
    expect((await cli('sinks', 'resume', 'memory')).exitCode).toBe(0);
    await vi.waitFor(() => expect(destination.reasons).toHaveLength(5), 10_000);
  });

  test('forgets no sink that is configured, and says so of one that nobody knows', async () => {
    const { cli } = await delivering({ kind: 'now' });
    expect(await cli('sinks', 'forget', 'memory')).toMatchObject({
      exitCode: 2,
      stderr: expect.stringContaining(
        'forget sink "memory": found it configured, want one that is not\nhint: Take it out',
      ),
    });
    expect(await cli('sinks', 'forget', 'former')).toMatchObject({
      exitCode: 2,
      stderr: expect.stringContaining('forget sink "former": nothing is known of it'),
    });
  });

  test('finds the data directory that a flag names, wherever it stands', async () => {
    const { dataDir } = await delivering({ kind: 'now' });
    const elsewhere = { TIDINGS_DATA: join(dataDir, 'none') };
    for (const args of [
      ['sinks', '--data', dataDir],
      ['sinks', '--data', dataDir, 'test', 'memory'],
      ['sinks', 'test', 'memory', '--data', dataDir],
      ['sinks', 'pause', 'memory', '--data', dataDir],
      ['sinks', 'resume', 'memory', '--data', dataDir],
      ['sinks', 'seek', 'memory', '--to', 'now', '--data', dataDir],
    ])
      expect(await cliIn(elsewhere, ...args)).toMatchObject({ exitCode: 0, stderr: '' });
  });

  test('goes on from another place', async () => {
    const { cluster, destination, cli, status } = await delivering({ kind: 'now' });
    cluster.burst(3);
    await vi.waitFor(() => expect(destination.reasons).toHaveLength(3), 10_000);
    await vi.waitFor(async () => expect((await status()).lagRecords).toBe(0), 5_000);
    expect((await cli('sinks', 'seek', 'memory', '--to', 'beginning')).exitCode).toBe(0);
    await vi.waitFor(() => expect(destination.reasons).toHaveLength(6), 10_000);
    expect((await cli('sinks', 'seek', 'memory', '--to', 'soon')).stderr).toContain('Wanted: now, beginning');
  });

  test('sends a test event past everything, and says what came back', async () => {
    const { destination, cli } = await delivering({ kind: 'now' });
    expect((await cli('sinks', 'test', 'memory')).stdout).toBe('memory took the test event\n');
    expect(destination.reasons).toEqual(['TidingsTest']);
    destination.answer = () => WRONG;
    expect(await cli('sinks', 'test', 'memory')).toEqual({
      exitCode: 1,
      stdout: '',
      stderr: 'error: test sink "memory": POST /: 400 found (invalid)\n',
    });
  });

  test('says that a sink is not there, or that nothing runs', async () => {
    const { cli, dataDir } = await delivering();
    expect(await cli('sinks', 'pause', 'memroy')).toMatchObject({
      exitCode: 2,
      stderr: 'error: find sink "memroy": want one of those configured: memory\n',
    });
    expect(await cli('replay', '--sink', 'memroy')).toMatchObject({
      exitCode: 2,
      stderr: 'error: find sink "memroy": want one of those configured: memory\n',
    });
    const nowhere = await cli('sinks', '--data', join(dataDir, 'nowhere'));
    expect(nowhere.exitCode).toBe(1);
    expect(nowhere.stderr).toContain('no Tidings runs on this data directory');
    const deep = await cli('sinks', '--data', join(dataDir, 'x'.repeat(100)));
    expect(deep.exitCode).toBe(1);
    expect(deep.stderr).toMatch(
      /admin\.sock: found a path of \d+ bytes, want at most \d+, as long as a socket's can be\n/,
    );
    expect(deep.stderr).toContain('Choose a shorter --data directory');
  });

  test('is administered by nobody but the owner of the data directory', async () => {
    const { dataDir } = await delivering();
    expect(statSync(join(dataDir, 'admin.sock')).mode & 0o777).toBe(0o600);
  });
});

describe('tidings dead-letters', () => {
  test('lists, shows, retries and drops what a sink would not take', async () => {
    const { cluster, destination, cli, status } = await delivering({ kind: 'now' });
    destination.answer = () => WRONG;
    cluster.burst(3);
    await vi.waitFor(async () => expect((await status()).deadLetters).toBe(3), 10_000);
    const { stdout: list } = await cli('dead-letters', 'list', '--sink', 'memory');
    expect(list).toMatch(/^1 +memory +\d+s +invalid +\S+ Pod\/\S+ +POST \/: 400 found$/m);
    const shown: unknown = JSON.parse((await cli('dead-letters', 'show', '1')).stdout);
    expect(shown).toMatchObject({ id: 1, sink: 'memory', reason: 'invalid', cluster: 'sim', event: { kind: 'Event' } });
    expect(await cli('dead-letters', 'retry', '1')).toMatchObject({ exitCode: 1, stdout: '0 taken, 1 not taken\n' });
    expect((await cli('dead-letters', 'drop', '3')).stdout).toBe('1 dropped\n');
    destination.answer = () => ({ status: 'ok' });
    expect((await cli('dead-letters', 'retry', '--all')).stdout).toBe('2 taken, 0 not taken\n');
    expect(destination.reasons).toHaveLength(2);
    expect((await status()).deadLetters).toBe(0);
    expect(await cli('dead-letters', 'show', '1')).toMatchObject({ exitCode: 2 });
  });

  test('retries the others and leaves those alone whose sink was removed, which can only be dropped', async () => {
    const { cluster, destination, cli, status } = await delivering({ kind: 'now' }, async (dataDir) => {
      const store = openSqliteStore({ path: join(dataDir, STORE_FILE) });
      const failure: Failure = { reason: 'invalid', problem: '400' };
      const record = testEvent(new Date());
      await store.ledger.addDeadLetters(
        ['a', 'b', 'c'].map((key) => ({ sink: 'old', key, record, failure, at: Date.now() })),
      );
      await store.close();
    });
    destination.answer = () => WRONG;
    cluster.burst(2);
    await vi.waitFor(async () => expect((await status()).deadLetters).toBe(2), 10_000);
    destination.answer = () => ({ status: 'ok' });
    expect(await cli('dead-letters', 'retry', '--all')).toEqual({
      exitCode: 1,
      stdout: '2 taken, 0 not taken, 3 of sinks that are not configured any more\n',
      stderr:
        '3 of sink old, which is not configured any more\n' +
        'error: retry dead letters: 3 of 5 were not taken\n' +
        'hint: Forget those of a removed sink: dead-letters drop --sink old\n',
    });
    expect((await cli('dead-letters', 'drop', '--sink', 'old')).stdout).toBe('3 dropped\n');
    expect((await cli('dead-letters', 'retry', '--all')).stdout).toBe('0 taken, 0 not taken\n');
  });

  test('wants to know which', async () => {
    const { cli } = await delivering();
    for (const args of [[], ['1', '--all'], ['x']]) {
      expect((await cli('dead-letters', 'drop', ...args)).exitCode).toBe(2);
    }
  });
});

describe('tidings replay', () => {
  test('sends what is stored, within a time, as far as a filter wants it', async () => {
    const { cluster, destination, cli, status } = await delivering({ kind: 'now' });
    await vi.waitFor(async () => expect((await status()).lagRecords).toBe(0), 5_000);
    const { stdout } = await cli('replay', '--sink', 'memory', '--filter', 'event.type == "Warning"');
    const [, read, delivered] = /^(\d+) read, (\d+) delivered, 0 dead letters/.exec(stdout) ?? [];
    expect(Number(read)).toBe(cluster.store.size);
    expect(destination.reasons).toHaveLength(Number(delivered));
    expect(Number(delivered)).toBeGreaterThan(0);
    expect(Number(delivered)).toBeLessThan(Number(read));
    const none = await cli('replay', '--sink', 'memory', '--until', '2020-01-01');
    expect(none.stdout).toBe('0 read, 0 delivered, 0 dead letters, 0 not for this sink\n');
    const wrong = await cli('replay', '--sink', 'memory', '--filter', 'event.raeson == ""');
    expect(wrong).toMatchObject({ exitCode: 2, stdout: '' });
    expect(wrong.stderr).toContain('did you mean "reason"?');
  });

  test('ends with an error when the program is stopped meanwhile, which takes no longer than 5 seconds', async () => {
    const { dataDir, cluster, destination, cli, status, stop } = await delivering();
    await vi.waitFor(async () => expect((await status()).lagRecords).toBe(0), 10_000);
    const taken = new Set(destination.taken.map(({ key }) => key));
    const replaying = Promise.withResolvers<void>();
    destination.answer = ({ key }) => {
      if (taken.has(key)) replaying.resolve();
      return new Promise(() => {});
    };
    cluster.burst(5);
    await vi.waitFor(async () => expect((await status()).lagRecords).toBe(5), 10_000);
    const replay = cli('replay', '--sink', 'memory');
    await replaying.promise;
    const began = performance.now();
    await stop();
    expect(performance.now() - began).toBeLessThan(5_000);
    const { exitCode, stderr } = await replay;
    expect(exitCode).toBe(1);
    expect(stderr).toContain('the answer ended early, as when Tidings is stopped');

    const reader = openSqliteReader({ path: join(dataDir, STORE_FILE) });
    const { history } = reader;
    const acknowledged = (await history.acknowledged('memory')) ?? '';
    expect(await history.distance(acknowledged, await history.end())).toBe(5);
    await reader.close();
    expect(destination.taken).toHaveLength(taken.size);
  });
});
