import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { kafkaBroker } from '../../test/helpers/kafka-broker.ts';
import { reviewingServer } from '../../test/helpers/reviewing-server.ts';
import { route } from '../../test/helpers/routes.ts';
import { scriptedServer } from '../../test/helpers/scripted-server.ts';
import { ScriptedSink } from '../../test/helpers/scripted-sink.ts';
import { temporaryDirectory } from '../../test/helpers/temporary-directory.ts';
import { defineSink } from '../component/sink.ts';
import type { SinkConfig } from '../component/sink-config.ts';
import { AppError } from '../core/errors.ts';
import { compileFilter } from '../lang/filter.ts';
import { type Simulator, startSimulator } from '../simulator/simulator.ts';
import { check } from './check.ts';
import type { ClusterConfig } from './collector.ts';
import type { RunConfig } from './run.ts';

const READS_OBJECT = compileFilter('object.node == ""', { otherwise: false, onError: () => {} });

async function simulator(): Promise<Simulator> {
  const started = await startSimulator({ speed: 0 });
  onTestFinished(() => started.close());
  return started;
}

function config(dataDir: string, ...clusters: readonly ClusterConfig[]): RunConfig {
  return {
    dataDir,
    clusters,
    sinks: [],
    routes: [],
    retention: { hold: { bytes: 1 } },
    listen: { port: 0 },
    windowMs: 86_400_000,
    log: { format: 'json', level: 'error' },
  };
}

function checked(dataDir: string, ...clusters: readonly ClusterConfig[]) {
  return check(config(dataDir, ...clusters));
}

function checkedSinks(sinks: readonly SinkConfig[], dataDir: string) {
  return check({ ...config(dataDir), sinks });
}

describe('check', () => {
  test('finds nothing wrong where run would work, and makes nothing', async () => {
    const dataDir = join(temporaryDirectory(), 'not', 'made', 'yet');
    const { url } = await simulator();
    expect(await checked(dataDir, { name: 'sim', server: url })).toEqual([
      { name: `store ${join(dataDir, 'tidings.db')}` },
      { name: `events of sim in all namespaces (${url})` },
    ]);
  });

  test('calls a cluster without a name what run calls it', async () => {
    const { url } = await simulator();
    expect((await checked(temporaryDirectory(), { server: url }))[1]?.name).toBe(
      `events of default in all namespaces (${url})`,
    );
  });

  test('tries what callers are authenticated with, and says which right it lacks', async () => {
    const { url } = await simulator();
    const reviewing = await reviewingServer();
    reviewing.authentication = { 'client-ca-file': 'PEM' };
    const readTokenFile = join(temporaryDirectory(), 'token');
    const callers = async (server: string) => {
      const configured = { ...config(temporaryDirectory(), { name: 'sim', server }), readTokenFile };
      const checks = await check({ ...configured, authentication: 'kubernetes' });
      return checks.filter(({ name }) => /^(callers|token)/.test(name));
    };
    const token = { name: `token ${readTokenFile}`, problem: `read a token from ${readTokenFile}: ENOENT` };
    expect(await callers(reviewing.url)).toEqual([token, { name: `callers of sim (${reviewing.url})` }]);
    writeFileSync(readTokenFile, 'secret');
    // It has no such reviews.
    expect(await callers(url)).toEqual([
      { name: `token ${readTokenFile}` },
      { name: `callers of sim (${url})`, problem: expect.stringContaining('/tokenreviews') },
    ]);
  });

  test('names the rights that are missing, scope by scope', async () => {
    const { url, faults } = await simulator();
    faults.refuse('payments');
    const checks = await checked(temporaryDirectory(), { name: 'sim', server: url, namespaces: ['shop', 'payments'] });
    const failed = checks.filter(({ problem }) => problem !== undefined);
    expect(failed).toHaveLength(1);
    expect(failed[0]?.name).toBe(`events of sim in namespace payments (${url})`);
    expect(failed[0]?.problem).toContain('forbidden');
  });

  test('says why a watch is refused where a list is not', async () => {
    const { url, faults } = await simulator();
    faults.expired('status', { on: 'watch' });
    const checks = await checked(temporaryDirectory(), { name: 'sim', server: url });
    expect(checks[1]?.problem).toBe(
      'watch events: 410 Expired: The resourceVersion for the provided watch is too old.',
    );
  });

  test('tries objects where a route or a sink reads what is known of them, in each namespace', async () => {
    const { url, faults } = await simulator();
    const sink = new ScriptedSink();
    const needing = {
      ...sink.definition,
      create: async (...args: Parameters<typeof sink.definition.create>) =>
        Object.assign(Object.create(await sink.definition.create(...args)), { needs: { object: true } }),
    };
    const one = { ...config(temporaryDirectory(), { name: 'sim', server: url }) };
    const objectsOf = async (more: Partial<RunConfig>) =>
      (await check({ ...one, ...more })).filter(({ name }) => name.startsWith('objects'));
    const name = `objects of sim in all namespaces: pods, replicasets, jobs (${url})`;
    expect(await objectsOf({})).toEqual([]);
    expect(await objectsOf({ routes: [route({ match: READS_OBJECT })] })).toEqual([{ name }]);
    faults.refuseObjects('replicasets');
    const [found, ...others] = await objectsOf({ sinks: [sink.config({ definition: defineSink(needing) })] });
    expect(others).toEqual([]);
    expect(found?.problem).toContain('replicasets');
    expect(found?.problem).not.toContain('pods');
    const clusters = [{ name: 'sim', server: url, namespaces: ['shop', 'payments'] }];
    expect(await objectsOf({ clusters, routes: [route({ match: READS_OBJECT })] })).toMatchObject([
      { name: expect.stringContaining('namespace shop') },
      { name: expect.stringContaining('namespace payments') },
    ]);
  });

  test('says that a server does not answer', async () => {
    const gone = await startSimulator();
    await gone.close();
    const checks = await checked(temporaryDirectory(), { name: 'sim', server: gone.url });
    expect(checks[1]?.problem).toContain('connection refused');
  });

  test('says that the file is no store', async () => {
    const dataDir = temporaryDirectory();
    writeFileSync(join(dataDir, 'tidings.db'), 'not a database, but long enough to be taken for one'.repeat(100));
    const { url } = await simulator();
    const [store] = await checked(dataDir, { name: 'sim', server: url });
    expect(store?.problem).toContain(`open the store ${join(dataDir, 'tidings.db')}: file is not a database`);
  });

  test('says that a file is where the data directory should be', async () => {
    const file = join(temporaryDirectory(), 'file');
    writeFileSync(file, '');
    const { url } = await simulator();
    for (const dataDir of [file, join(file, 'below')]) {
      const [store] = await checked(dataDir, { name: 'sim', server: url });
      expect(store?.problem).toBe(`found the file ${file}, want a directory`);
    }
  });

  test.each([
    ['null', 'list events: found no numeric metadata.resourceVersion, want a list'],
    ['<html>', 'found an answer that is not JSON, want JSON'],
  ])('says that a server which answers %s is no API server', async (body, problem) => {
    const { url } = await scriptedServer({ refresh: [(reply) => reply.begin().chunk(body).end()] });
    const checks = await checked(temporaryDirectory(), { name: 'odd', server: url });
    expect(checks[1]?.problem).toContain(problem);
  });

  test('says what is wrong with a kubeconfig', async () => {
    const kubeconfig = join(temporaryDirectory(), 'none');
    const checks = await checked(temporaryDirectory(), { kubeconfig });
    expect(checks[1]).toEqual({
      name: 'cluster clusters[0]',
      problem: `load kubeconfig: ${kubeconfig}: found no such file, want a kubeconfig`,
    });
  });

  test('asks for the topic where records come from one', async () => {
    const { address, state, stop } = await kafkaBroker();
    const kafka = { brokers: [address], topic: 'events', group: 'tidings', clientId: 'tidings' };
    const name = `topic events (${address})`;
    const found = async () => (await check({ ...config(temporaryDirectory()), kafka }))[1];
    expect(await found()).toEqual({ name, problem: 'Unknown topic events' });
    state.createTopic('events');
    expect(await found()).toEqual({ name });
    await stop();
    expect((await found())?.problem).toContain(`Connection to ${address} failed: connection refused`);
  });

  test('connects to every sink, sends nothing, and closes it', async () => {
    const [well, down, silent] = [new ScriptedSink(), new ScriptedSink(), new ScriptedSink()];
    well.check = async () => 'a topic with 3 partitions';
    down.check = async () => {
      throw new Error('connect to 127.0.0.1:1: connection refused');
    };
    const sinks = Object.entries({ well, down, silent });
    const checks = await checkedSinks(
      sinks.map(([name, sink]) => sink.config({ name })),
      temporaryDirectory(),
    );
    expect(checks.slice(1)).toEqual([
      { name: 'sink well (memory)', found: 'a topic with 3 partitions' },
      { name: 'sink down (memory)', problem: 'connect to 127.0.0.1:1: connection refused' },
      { name: 'sink silent (memory)', found: 'not tried, since only sending would tell' },
    ]);
    for (const [, sink] of sinks) expect(sink).toMatchObject({ opened: 1, open: 0, taken: [] });
  });

  test('says what is wrong with the settings of a sink', async () => {
    const sink = new ScriptedSink();
    const definition = defineSink({
      ...sink.definition,
      create: () => {
        throw new AppError('TEMPLATE_INVALID', 'the body: unexpected "}"');
      },
    });
    const [, found] = await checkedSinks([sink.config({ definition })], temporaryDirectory());
    expect(found).toEqual({ name: 'sink memory (memory)', problem: 'the body: unexpected "}"' });
  });
});
