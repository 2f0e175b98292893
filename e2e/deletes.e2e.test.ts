/** What somebody deletes is gone from the Kubernetes API that Tidings serves, what expires is not; the history has both. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { binary } from './cluster/binaries.ts';
import { ManagedProcess } from './cluster/managed-process.ts';
import { runKubectl, useCluster } from './helpers/cluster.ts';
import { CONTROL_PLANE, lacking } from './helpers/require-component.ts';
import { testDirectory, tidingsUnderTest } from './helpers/suite.ts';
import { runTidings, storedEvents, tidings } from './helpers/tidings.ts';
import { until } from './helpers/until.ts';

/** Short, and long enough to delete a namespace within: see MIN_TOLERANCE_MS of the classifier. */
const EVENT_TTL = '14s';
const FRAME = 'jsonpath={.type} {.object.metadata.name} {.object.metadata.resourceVersion}{"\\n"}';

describe.skipIf(lacking(...CONTROL_PLANE, 'kube-controller-manager'))('deletes', () => {
  const cluster = useCluster({ eventTtl: EVENT_TTL });

  // It is what empties a namespace.
  beforeAll(async () => {
    const { controlPlane } = cluster();
    await controlPlane.start('kube-controller-manager');
    return () => controlPlane.stop('kube-controller-manager', 'SIGKILL');
  });

  test('of an event and of a namespace are told from expiry, by list, get and an open watch', async () => {
    const { client, controlPlane, kubectl } = cluster();
    const directory = testDirectory();
    const [config, kubeconfig] = [join(directory, 'config.yaml'), join(directory, 'kubeconfig')];
    const watched = { name: 'e2e', kubeconfig: controlPlane.kubeconfigs.admin, eventTTL: EVENT_TTL };
    writeFileSync(config, JSON.stringify({ clusters: [watched] }));
    const running = tidingsUnderTest(['--config', config]);
    await running.start();
    writeFileSync(kubeconfig, await runTidings(['kubeconfig', '--url', running.url]));
    await kubectl('create', 'namespace', 'doomed');

    const [theirs, ours] = [controlPlane.kubeconfigs.admin, kubeconfig].map((file, index) => {
      const args = ['get', 'events', '-A', '--watch', '--output-watch-events', '-o', FRAME];
      const child = new ManagedProcess('kubectl', [binary('kubectl'), ...args], {
        logFile: join(directory, `watch-${index}`),
        env: { ...process.env, KUBECONFIG: file },
      });
      onTestFinished(() => child.stop('SIGKILL'));
      return (): string[] => child.log().match(/^DELETED .*$/gm) ?? [];
    }) as [() => string[], () => string[]];
    const namesIn = async (file: string): Promise<string[]> =>
      (await runKubectl(file, ['get', 'events', '-A', '-o', 'name']))
        .split('\n')
        .filter((line) => line !== '')
        .sort();
    const write = async (namespace: string, ...names: readonly string[]): Promise<void> => {
      for (const name of names)
        await client.request('POST', `/api/v1/namespaces/${namespace}/events`, event(namespace, name));
    };

    await write('default', 'expires', 'deleted');
    await write('doomed', 'doomed-1', 'doomed-2', 'doomed-3');
    const all = ['deleted', 'doomed-1', 'doomed-2', 'doomed-3', 'expires'].map((name) => `event/${name}`);
    await until('Tidings serves what was written', async () => (await namesIn(kubeconfig)).join() === all.join());
    await Promise.all([
      kubectl('delete', 'event', 'deleted', '-n', 'default'),
      kubectl('delete', 'namespace', 'doomed', '--wait=false'),
    ]);
    await until('the API server has told the deletes', () => theirs().length >= 4);
    const deletes = theirs();
    expect(new Set(deletes.map((line) => line.split(' ')[1]))).toEqual(
      new Set(['deleted', 'doomed-1', 'doomed-2', 'doomed-3']),
    );
    await until('Tidings has told them', () => ours().length >= 4);
    expect(ours()).toEqual(deletes);
    expect(await namesIn(kubeconfig)).toEqual(['event/expires']);
    await expect(runKubectl(kubeconfig, ['get', 'event', 'deleted', '-n', 'default'])).rejects.toMatchObject({
      stderr: expect.stringContaining('Error from server (NotFound): events "deleted" not found\n'),
    });

    await until('the API server has let the last one expire', () => theirs().length >= 5);
    const position = Number(theirs().at(-1)?.split(' ').at(-1));
    await until('Tidings has seen it', async () => {
      const { metadata } = JSON.parse(await runKubectl(kubeconfig, ['get', '--raw', '/api/v1/events'])) as List;
      return Number(metadata.resourceVersion) >= position;
    });
    expect(await namesIn(controlPlane.kubeconfigs.admin)).toEqual([]);
    expect(await namesIn(kubeconfig)).toEqual(['event/expires']);
    expect(ours()).toEqual(deletes);
    const stored = await storedEvents(running.dataDir);
    const marked = stored.map(
      ({ metadata, tidings: { deletedAt } }) => [metadata.name, deletedAt !== undefined] as const,
    );
    expect(new Map(marked)).toEqual(
      new Map(all.map((name) => [name.slice('event/'.length), name !== 'event/expires'])),
    );
    expect(await tidings(running.dataDir, 'get', 'events', '-n', 'doomed')).toMatch(
      / \(deleted \d+s ago\) it happened\n/,
    );
  });
});

interface List {
  readonly metadata: { readonly resourceVersion: string };
}

function event(namespace: string, name: string): Record<string, unknown> {
  const now = new Date().toISOString().replace(/\.\d+Z$/, 'Z');
  return {
    metadata: { name, namespace },
    involvedObject: { kind: 'Pod', namespace, name: 'web', uid: 'uid-of-web', apiVersion: 'v1' },
    reason: 'Happened',
    message: 'it happened',
    type: 'Normal',
    source: { component: 'e2e' },
    count: 1,
    firstTimestamp: now,
    lastTimestamp: now,
  };
}
