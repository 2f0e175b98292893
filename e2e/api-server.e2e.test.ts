import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, test } from 'vitest';
import { auditWhenSettled, FLAWLESS } from './helpers/audit.ts';
import { useCluster } from './helpers/cluster.ts';
import { writeEventsDuring } from './helpers/event-writer.ts';
import { CONTROL_PLANE, lacking } from './helpers/require-component.ts';
import { tidingsUnderTest } from './helpers/suite.ts';

describe.skipIf(lacking(...CONTROL_PLANE))('an API server that is killed and restarted under load', () => {
  const cluster = useCluster();

  test('loses nothing and stores nothing twice', async () => {
    const { client, controlPlane } = cluster();
    const running = tidingsUnderTest(['--kubeconfig', controlPlane.kubeconfigs.adminCertificate]);
    await running.start();
    const written = await writeEventsDuring(client, { seed: 1 }, async () => {
      for (let count = 0; count < 3; count++) {
        await sleep(1_000);
        await controlPlane.stop('kube-apiserver', 'SIGKILL');
        await controlPlane.start('kube-apiserver');
      }
    });
    expect(await auditWhenSettled(running.dataDir, written)).toMatchObject({ ...FLAWLESS, offered: written.length });
  });
});
