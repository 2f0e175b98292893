import { cpSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { auditWhenSettled, FLAWLESS } from './helpers/audit.ts';
import { useCluster } from './helpers/cluster.ts';
import { writeEvents } from './helpers/event-writer.ts';
import { CONTROL_PLANE, lacking } from './helpers/require-component.ts';
import { freeSpace, seenBy, withSmallVolume } from './helpers/small-volume.ts';
import { testDirectory, tidingsUnderTest } from './helpers/suite.ts';
import { until } from './helpers/until.ts';

describe.skipIf(lacking(...CONTROL_PLANE))('a volume without space', () => {
  const cluster = useCluster();

  test('is named by readiness, and when there is space again it goes on by itself with nothing lost', async () => {
    const { client, controlPlane } = cluster();
    const volume = join(testDirectory(), 'volume');
    const running = tidingsUnderTest(['--kubeconfig', controlPlane.kubeconfigs.admin], {
      dataDir: volume,
      under: withSmallVolume(volume),
    });
    await running.start();
    const written = await writeEvents(client, { writes: 4_000, seed: 1 });
    await until('readiness names the volume', async () => {
      const { ready, text } = await running.probe();
      return !ready && /space|full/i.test(text);
    });

    freeSpace(running.process, volume);
    await running.ready();
    await until('everything is stored', async () => storedMetric(await running.metrics()) >= written.length);
    const copy = join(testDirectory(), 'copy');
    cpSync(seenBy(running.process, volume), copy, { recursive: true });
    expect(await auditWhenSettled(copy, written)).toMatchObject(FLAWLESS);
  });
});

function storedMetric(metrics: string): number {
  const lines = metrics.matchAll(/^tidings_records_stored_total\{[^}]*\} (\S+)$/gm);
  return [...lines].reduce((total, [, value]) => total + Number(value), 0);
}
