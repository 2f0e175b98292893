import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { auditWhenSettled, FLAWLESS } from './helpers/audit.ts';
import { useCluster } from './helpers/cluster.ts';
import { writeEvents } from './helpers/event-writer.ts';
import { CONTROL_PLANE, lacking } from './helpers/require-component.ts';
import { testDirectory, tidingsUnderTest } from './helpers/suite.ts';
import { storedEvents } from './helpers/tidings.ts';
import { until } from './helpers/until.ts';

describe.skipIf(lacking(...CONTROL_PLANE))('two clusters in one process', () => {
  const east = useCluster({ name: 'east' });
  const west = useCluster({ name: 'west' });

  test('one that is down does not hold up the other, and is caught up with when it is back', async () => {
    const config = join(testDirectory(), 'config.yaml');
    const clusters = [east, west].map((use) => {
      const { name, kubeconfigs } = use().controlPlane;
      return { name, kubeconfig: kubeconfigs.admin };
    });
    writeFileSync(config, JSON.stringify({ clusters }));
    const away = await writeEvents(west().client, { writes: 100, seed: 1 });
    await west().controlPlane.stop('kube-apiserver', 'SIGKILL');
    const running = tidingsUnderTest(['--config', config]);
    await running.listening();
    // What is written before the first list may be updated before it, and is then known by its latest revision alone.
    await until('east is watched', async () => (await running.probe()).text.includes('[+] watch east * ok'));

    const here = await writeEvents(east().client, { writes: 100, seed: 1 });
    expect(await auditWhenSettled(running.dataDir, here)).toMatchObject(FLAWLESS);
    expect((await running.probe()).text).toContain('west');
    const clustersOf = async (...args: readonly string[]) => {
      const events = await storedEvents(running.dataDir, ...args);
      return [...new Set(events.map((event) => event.tidings.cluster))].toSorted();
    };
    expect(await clustersOf()).toEqual(['east']);

    await west().controlPlane.start('kube-apiserver');
    const latest = [...new Map(away.map((one) => [one.uid, one])).values()];
    expect(await auditWhenSettled(running.dataDir, [...here, ...latest])).toMatchObject(FLAWLESS);
    expect(await clustersOf()).toEqual(['east', 'west']);
    expect(await clustersOf('--cluster', 'west')).toEqual(['west']);
  });
});
