import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, test } from 'vitest';
import { auditWhenSettled, FLAWLESS } from './helpers/audit.ts';
import { useCluster } from './helpers/cluster.ts';
import { type Written, writeEvents } from './helpers/event-writer.ts';
import { lastCounts, occurrencesMetric, sum } from './helpers/occurrences.ts';
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
    const base = occurrencesMetric(await running.metrics());
    const seen = await writeEvents(client, { writes: 300, seed: 1 });
    expect(await auditWhenSettled(running.dataDir, seen)).toMatchObject(FLAWLESS);
    const counted = occurrencesMetric(await running.metrics()) - base;
    await running.stop();
    const stoppedAt = Date.now();

    const hidden = await writeEvents(client, { writes: 600, seed: 2 });
    await sleep(6_000);
    const last = await writeEvents(client, { writes: 10, seed: 3, createOnly: true });
    await sleep(6_000);
    const startedAt = Date.now();
    await running.start();

    const latest = latestOf([...seen, ...hidden, ...last]);
    expect(await auditWhenSettled(running.dataDir, latest)).toMatchObject({ ...FLAWLESS, offered: latest.length });
    const revisions = await storedEvents(running.dataDir, '--revisions');
    // Otherwise the watch was resumed and nothing was tested.
    expect(revisions.length).toBeLessThan(seen.length + hidden.length + last.length);
    // Controllers within the API server write an event of their own now and then.
    const events = (await storedEvents(running.dataDir)).filter(({ metadata }) => metadata.name.startsWith('load-'));
    expect(events.map((event) => event.metadata.uid).toSorted()).toEqual(latest.map(({ uid }) => uid).toSorted());
    // What was counted before the stop is not counted again.
    expect(counted + occurrencesMetric(await running.metrics())).toBe(sum(lastCounts(latest).values()));
    const breaks = await missingCoverage(running.dataDir);
    expect(breaks).toEqual([
      { from: expect.any(String), to: expect.any(String), cause: 'stopped', healed: true, unknown: 'revisions' },
    ]);
    // From what was observed last to the list that healed it.
    expect(Date.parse(breaks[0]?.from ?? '')).toBeLessThanOrEqual(stoppedAt);
    expect(Date.parse(breaks[0]?.to ?? '')).toBeGreaterThanOrEqual(startedAt);
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

interface Missing {
  readonly from: string;
  readonly to: string;
  readonly cause?: string;
  readonly healed?: boolean;
  readonly unknown?: string;
}

async function missingCoverage(dataDir: string): Promise<readonly Missing[]> {
  const { scopes } = JSON.parse(await tidings(dataDir, 'coverage', '-o', 'json')) as {
    readonly scopes: readonly { readonly missing: readonly Missing[] }[];
  };
  return scopes.flatMap(({ missing }) => missing);
}

function latestOf(written: readonly Written[]): readonly Written[] {
  return [...new Map(written.map((one) => [one.uid, one])).values()];
}
