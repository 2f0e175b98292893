/** What happens to a Deployment, read back while the API server still knows it and after it has forgotten. */
import { describe, expect, test } from 'vitest';
import { useCluster } from './helpers/cluster.ts';
import { CONTROL_PLANE, lacking, NODES } from './helpers/require-component.ts';
import { tidingsUnderTest } from './helpers/suite.ts';
import { rowsWithout } from './helpers/table.ts';
import { tidings } from './helpers/tidings.ts';
import { until } from './helpers/until.ts';

const LAST_SEEN = 1;
const UNSCHEDULABLE = JSON.stringify({ spec: { template: { spec: { nodeSelector: { nowhere: 'true' } } } } });

describe.skipIf(lacking(...CONTROL_PLANE, ...NODES))('a deployment', () => {
  // The shortest life that leaves the controllers time to finish before the first event is gone.
  const cluster = useCluster({ nodes: 2, eventTtl: '60s' });

  test('shows the same lines in tidings and kubectl while events live, and stays in tidings after that', async () => {
    const { kubectl, controlPlane } = cluster();
    const running = tidingsUnderTest(['--kubeconfig', controlPlane.kubeconfigs.admin]);
    await running.start();
    const kubectlLines = async () => rowsWithout(await kubectl('get', 'events', '-A'), LAST_SEEN);
    const tidingsLines = async () => rowsWithout(await tidings(running.dataDir, 'get', 'events', '-A'), LAST_SEEN);

    await kubectl('create', 'deployment', 'web', '--image=nginx', '--replicas=2');
    await kubectl('rollout', 'status', 'deployment/web');
    await kubectl('scale', 'deployment', 'web', '--replicas=3');
    await kubectl('create', 'deployment', 'lost', '--image=nginx');
    await kubectl('patch', 'deployment', 'lost', '-p', UNSCHEDULABLE);
    await kubectl('create', 'namespace', 'small');
    await kubectl('create', 'quota', 'none', '--hard=pods=0', '-n', 'small');
    await kubectl('create', 'deployment', 'refused', '--image=nginx', '-n', 'small');
    for (const reason of ['FailedScheduling', 'FailedCreate', 'ScalingReplicaSet', 'Started']) {
      await until(`kubectl shows ${reason}`, async () => (await kubectl('get', 'events', '-A')).includes(reason));
    }
    await kubectl('delete', 'deployment', 'web', '--wait');
    await kubectl('delete', 'deployment', 'refused', '-n', 'small', '--wait');
    await until('kubectl shows the pods being stopped', async () =>
      (await kubectl('get', 'events', '-A')).includes('Killing'),
    );

    let shown: readonly string[] = [];
    await until('both show the same lines', async () => {
      shown = await kubectlLines();
      const kept = await tidingsLines();
      // A line that the server has let go of, or changed, between the two calls is looked at again.
      return shown.length > 0 && shown.every((line) => kept.includes(line)) && kept.length === shown.length;
    });
    expect(shown.length).toBeGreaterThan(15);

    await kubectl('delete', 'deployment', 'lost', '--wait');
    const before = await tidingsLines();
    await until('kubectl shows nothing any more', async () => (await kubectlLines()).length === 0, 170_000);
    const after = await tidingsLines();
    expect(before.filter((line) => !after.includes(line))).toEqual([]);
  }, 300_000);
});
