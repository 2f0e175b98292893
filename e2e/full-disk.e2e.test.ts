import { cpSync, mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { auditWhenSettled, FLAWLESS } from './helpers/audit.ts';
import { useCluster } from './helpers/cluster.ts';
import { writeEvents } from './helpers/event-writer.ts';
import { CONTROL_PLANE, lacking } from './helpers/require-component.ts';
import { testDirectory, tidingsUnderTest } from './helpers/suite.ts';
import { until } from './helpers/until.ts';

// A volume of 8 MB that only the program sees, three quarters of it taken.
const SMALL_VOLUME = 'mount -t tmpfs -o size=8m tmpfs "$0" && head -c 6000000 /dev/zero >"$0/ballast" && exec "$@"';

describe.skipIf(lacking(...CONTROL_PLANE))('a volume without space', () => {
  const cluster = useCluster();

  test('is named by readiness, and when there is space again it goes on by itself with nothing lost', async () => {
    const { client, controlPlane } = cluster();
    const volume = join(testDirectory(), 'volume');
    mkdirSync(volume);
    const asRoot = process.getuid?.() === 0 ? [] : ['--map-root-user'];
    const under = ['unshare', ...asRoot, '--mount', 'sh', '-c', SMALL_VOLUME, volume];
    const running = tidingsUnderTest(['--kubeconfig', controlPlane.kubeconfigs.admin], { dataDir: volume, under });
    await running.start();
    const written = await writeEvents(client, { writes: 4_000, seed: 1 });
    await until('readiness names the volume', async () => {
      const { ready, text } = await running.probe();
      return !ready && /space|full/i.test(text);
    });

    const seenByProgram = `/proc/${running.process.pid}/root${volume}`;
    rmSync(join(seenByProgram, 'ballast'));
    await running.ready();
    await until('everything is stored', async () => storedMetric(await running.metrics()) >= written.length);
    const copy = join(testDirectory(), 'copy');
    cpSync(seenByProgram, copy, { recursive: true });
    expect(await auditWhenSettled(copy, written)).toMatchObject(FLAWLESS);
  });
});

function storedMetric(metrics: string): number {
  const lines = metrics.matchAll(/^tidings_records_stored_total\{[^}]*\} (\S+)$/gm);
  return [...lines].reduce((total, [, value]) => total + Number(value), 0);
}
