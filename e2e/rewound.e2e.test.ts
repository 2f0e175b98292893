import { describe, expect, test } from 'vitest';
import { auditWhenSettled, FLAWLESS } from './helpers/audit.ts';
import { useCluster } from './helpers/cluster.ts';
import { type Written, writeEvents } from './helpers/event-writer.ts';
import { CONTROL_PLANE, lacking } from './helpers/require-component.ts';
import { tidingsUnderTest } from './helpers/suite.ts';
import { storedEvents, tidings } from './helpers/tidings.ts';
import { until } from './helpers/until.ts';

describe.skipIf(lacking(...CONTROL_PLANE))('etcd restored from an older snapshot', () => {
  const cluster = useCluster();

  test('is named in coverage, and what happens after it is kept like what happened before', async () => {
    const { client, controlPlane } = cluster();
    const running = tidingsUnderTest(['--kubeconfig', controlPlane.kubeconfigs.admin]);
    await running.start();
    const kept = await writeEvents(client, { writes: 50, seed: 1 });
    await controlPlane.backUpEtcd();
    const undone = await writeEvents(client, { writes: 400, seed: 2 });
    expect(await auditWhenSettled(running.dataDir, [...kept, ...undone])).toMatchObject(FLAWLESS);

    await controlPlane.restoreEtcd();
    // The same resourceVersions are given again, to other events. A list may be what brings them: it knows no earlier
    // revision of one.
    const again = await writeEvents(client, { writes: 100, seed: 3, createOnly: true });
    await until(
      'coverage names the break',
      async () => (await tidings(running.dataDir, 'coverage')).includes('rewound'),
      240_000,
    );
    const watched = await writeEvents(client, { writes: 50, seed: 4 });
    const all = [...kept, ...undone, ...again, ...watched];
    const { twice, ...audit } = await auditWhenSettled(running.dataDir, all);
    expect(audit).toMatchObject({ offered: all.length, missing: 0, miscounted: 0 });
    // A revision belongs to its epoch: what was alive before and after the break may be a revision of both.
    expect(twice).toBeLessThanOrEqual(distinct(kept).size);
    // But it is one event.
    // Controllers within the API server write an event of their own now and then.
    const events = (await storedEvents(running.dataDir)).filter(({ metadata }) => metadata.name.startsWith('load-'));
    expect(events.map((event) => event.metadata.uid).toSorted()).toEqual([...distinct(all)].toSorted());
  }, 600_000);
});

function distinct(written: readonly Written[]): ReadonlySet<string> {
  return new Set(written.map(({ uid }) => uid));
}
