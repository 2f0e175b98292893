/** Metrics, occurrences, durability and the graceful stop, as an operator sees them. */
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { binary } from './cluster/binaries.ts';
import { auditWhenSettled, FLAWLESS } from './helpers/audit.ts';
import { useCluster } from './helpers/cluster.ts';
import { writeEvents } from './helpers/event-writer.ts';
import { lastCounts, occurrencesMetric, sum } from './helpers/occurrences.ts';
import { CONTROL_PLANE, lacking } from './helpers/require-component.ts';
import { testDirectory, tidingsUnderTest } from './helpers/suite.ts';
import { storedEvents } from './helpers/tidings.ts';

describe.skipIf(lacking(...CONTROL_PLANE, 'promtool', 'strace'))('operating', () => {
  const cluster = useCluster();

  test('occurrences of counts and series add up to what was written, in the store and in the metric', async () => {
    const { client, controlPlane } = cluster();
    const running = tidingsUnderTest(['--kubeconfig', controlPlane.kubeconfigs.admin]);
    await running.start();
    const base = occurrencesMetric(await running.metrics());
    const written = await writeEvents(client, { writes: 500, seed: 1 });
    expect(await auditWhenSettled(running.dataDir, written)).toMatchObject(FLAWLESS);

    const expected = sum(lastCounts(written).values());
    const stored = await storedEvents(running.dataDir);
    const ours = stored.filter((event) => lastCounts(written).has(event.metadata.uid));
    expect(sum(ours.map((event) => event.tidings.count))).toBe(expected);
    expect(occurrencesMetric(await running.metrics()) - base).toBe(expected);
  });

  test('metrics keep the conventions that promtool checks', async () => {
    const { controlPlane } = cluster();
    const running = tidingsUnderTest(['--kubeconfig', controlPlane.kubeconfigs.admin]);
    await running.start();
    const input = await running.metrics();
    expect(input).toContain('tidings_');
    // It says what it found on standard error, and ends with 3.
    const { stderr, status } = spawnSync(binary('promtool'), ['check', 'metrics'], { input, encoding: 'utf8' });
    expect({ stderr, status }).toEqual({ stderr: '', status: 0 });
  });

  test('every group that is committed is synced once', async () => {
    const { client, controlPlane } = cluster();
    const trace = join(testDirectory(), 'trace');
    const under = [binary('strace'), '-f', '--seccomp-bpf', '-y', '-e', 'trace=fsync,fdatasync', '-o', trace];
    const running = tidingsUnderTest(['--kubeconfig', controlPlane.kubeconfigs.admin], { under });
    await running.start();
    const written = await writeEvents(client, { writes: 1_000, seed: 2 });
    expect(await auditWhenSettled(running.dataDir, written)).toMatchObject(FLAWLESS);
    const groups = commitsMetric(await running.metrics());
    await running.stop();

    const synced = readFileSync(trace, 'utf8').split('\n');
    const log = synced.filter((line) => line.includes('.db-wal>')).length;
    const file = synced.filter((line) => line.includes('.db>')).length;
    expect(groups).toBeGreaterThan(0);
    expect(log).toBeGreaterThanOrEqual(groups);
    // A checkpoint syncs the log before it writes to the file, and the log's header when it starts anew.
    expect(log).toBeLessThanOrEqual(groups + 3 * (file + 1));
  });

  test('SIGTERM ends it within 5 seconds with everything received committed', async () => {
    const { client, controlPlane } = cluster();
    const running = tidingsUnderTest(['--kubeconfig', controlPlane.kubeconfigs.admin]);
    await running.start();
    const written = await writeEvents(client, { writes: 300, seed: 3 });
    const begin = Date.now();
    await running.stop();
    expect(Date.now() - begin).toBeLessThan(5_000);
    expect(running.process.ending).toBe(0);
    await running.start();
    expect(await auditWhenSettled(running.dataDir, written)).toMatchObject(FLAWLESS);
  });
});

function commitsMetric(metrics: string): number {
  return Number(/^tidings_commit_duration_seconds_count (\S+)$/m.exec(metrics)?.[1]);
}
