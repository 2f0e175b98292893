import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { scriptedServer } from '../../test/helpers/scripted-server.ts';
import { temporaryDirectory } from '../../test/helpers/temporary-directory.ts';
import { type Simulator, startSimulator } from '../simulator/simulator.ts';
import { check } from './check.ts';
import type { ClusterConfig } from './collector.ts';

async function simulator(): Promise<Simulator> {
  const started = await startSimulator({ speed: 0 });
  onTestFinished(() => started.close());
  return started;
}

function checked(dataDir: string, ...clusters: readonly ClusterConfig[]) {
  return check({
    dataDir,
    clusters,
    sinks: [],
    routes: [],
    holdBytes: 1,
    listen: { port: 0 },
    log: { format: 'json', level: 'error' },
  });
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
});
