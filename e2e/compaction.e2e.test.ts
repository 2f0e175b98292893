import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, test } from 'vitest';
import { auditWhenSettled, FLAWLESS } from './helpers/audit.ts';
import { useCluster } from './helpers/cluster.ts';
import { type Written, writeEvents } from './helpers/event-writer.ts';
import { CONTROL_PLANE, lacking } from './helpers/require-component.ts';
import { tidingsUnderTest } from './helpers/suite.ts';
import { storedEvents, tidings } from './helpers/tidings.ts';
import { until } from './helpers/until.ts';

describe.skipIf(lacking(...CONTROL_PLANE))('a stop longer than compaction', () => {
  const cluster = useCluster({ compactionInterval: '2s' });

  test('keeps every latest revision once, adds occurrences up, and says what stays unknown', async () => {
    const { client, controlPlane } = cluster();
    const running = tidingsUnderTest(['--kubeconfig', controlPlane.kubeconfigs.admin]);
    await running.start();
    const seen = await writeEvents(client, { writes: 300, seed: 1 });
    expect(await auditWhenSettled(running.dataDir, seen)).toMatchObject(FLAWLESS);
    await running.stop();

    const hidden = await writeEvents(client, { writes: 600, seed: 2 });
    await sleep(6_000);
    const last = await writeEvents(client, { writes: 10, seed: 3, createOnly: true });
    await sleep(6_000);
    await running.start();

    const latest = latestOf([...seen, ...hidden, ...last]);
    expect(await auditWhenSettled(running.dataDir, latest)).toMatchObject({ ...FLAWLESS, offered: latest.length });
    const revisions = await storedEvents(running.dataDir, '--revisions');
    // Otherwise the watch was resumed and nothing was tested.
    expect(revisions.length).toBeLessThan(seen.length + hidden.length + last.length);
    expect(await storedEvents(running.dataDir)).toHaveLength(latest.length);
    const coverage = await tidings(running.dataDir, 'coverage');
    expect(coverage).toMatch(/stopped|expired/);
    expect(coverage).toMatch(/unknown|revisions/);
  });

  test('goes on after a compaction hit an idle watch', async () => {
    const { client, controlPlane } = cluster();
    const running = tidingsUnderTest(['--kubeconfig', controlPlane.kubeconfigs.admin]);
    await running.start();
    await until('something is stored', async () => (await storedEvents(running.dataDir)).length > 0);
    await sleep(6_000);
    await controlPlane.stop('kube-apiserver', 'SIGKILL');
    await controlPlane.start('kube-apiserver');
    const written = await writeEvents(client, { writes: 50, seed: 4 });
    expect(await auditWhenSettled(running.dataDir, latestOf(written))).toMatchObject(FLAWLESS);
  });
});

function latestOf(written: readonly Written[]): readonly Written[] {
  return [...new Map(written.map((one) => [one.uid, one])).values()];
}
