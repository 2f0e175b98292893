/**
 * `make e2e-crash KILLS=20 SEED=1`: Tidings is killed at instants drawn from the seed, and nothing the API server
 * acknowledged may be missing or stored twice. The kills fall into four situations: into a new store and its first
 * list, into watching and committing under load with retention deleting, and into the re-list after a compaction.
 */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, test } from 'vitest';
import { type Audit, auditWhenSettled, FLAWLESS } from './helpers/audit.ts';
import { useCluster } from './helpers/cluster.ts';
import { type Written, writeEvents } from './helpers/event-writer.ts';
import { random } from './helpers/random.ts';
import { CONTROL_PLANE, lacking } from './helpers/require-component.ts';
import { testDirectory, tidingsUnderTest } from './helpers/suite.ts';
import type { RunningTidings } from './helpers/tidings.ts';

const KILLS = Number(process.env['KILLS'] ?? 20);
const SEED = Number(process.env['SEED'] ?? 1);
const EVENTS = Number(process.env['EVENTS'] ?? 20_000);

const DAY_MS = 86_400_000;

describe.skipIf(lacking(...CONTROL_PLANE))(`killed ${KILLS} times with seed ${SEED}`, () => {
  const cluster = useCluster({ compactionInterval: '0' });
  const next = random(SEED);

  test('loses nothing and stores nothing twice', async () => {
    const { client, controlPlane } = cluster();
    const config = join(testDirectory(), 'config.yaml');
    const clusters = [{ kubeconfig: controlPlane.kubeconfigs.admin }];
    // The last line of the log tells what a kill interrupted.
    writeFileSync(config, JSON.stringify({ clusters, retention: { age: '30d' }, log: { level: 'debug' } }));
    const running = tidingsUnderTest(['--config', config]);
    const landed = new Map<string, number>();
    const kill = (times: number, earliestMs: number, latestMs: number): Promise<void> =>
      killRepeatedly(running, { times, earliestMs, latestMs, next, landed });

    const written: Written[] = [];
    written.push(...(await writeEvents(client, { writes: EVENTS / 4, seed: SEED, createOnly: true })));
    // Into the creation of the store and the first list.
    await kill(Math.ceil(KILLS / 4), 150, 1_500);
    await running.start();
    expect(await auditWhenSettled(running.dataDir, written)).toMatchObject(FLAWLESS);
    await running.stop('SIGKILL');

    // From here on there is a position to resume from, so every revision counts.
    const load = writeEvents(client, { writes: EVENTS / 2, seed: SEED + 1 });
    // What retention deletes at once: it has something to do at every start.
    const old = writeEvents(client, {
      writes: EVENTS / 10,
      seed: SEED + 2,
      concurrency: 2,
      createOnly: true,
      time: new Date(Date.now() - 40 * DAY_MS),
    });
    let underLoad = 0;
    const both = Promise.all([load, old]);
    let writing = true;
    void both.finally(() => {
      writing = false;
    });
    for (let count = 0; count < KILLS / 2; count++) {
      await kill(1, 300, 3_000);
      if (writing) underLoad++;
    }
    written.push(...(await both)[0]);

    await running.start();
    expect(await auditWhenSettled(running.dataDir, written)).toMatchObject(FLAWLESS);
    await running.stop('SIGKILL');
    written.push(...(await writeEvents(client, { writes: EVENTS / 4, seed: SEED + 3, createOnly: true })));
    await compact(controlPlane, () => writeEvents(client, { writes: 10, seed: SEED + 4, createOnly: true }), written);
    await kill(Math.floor(KILLS / 4), 300, 1_500);
    await running.start();
    const audit = await auditWhenSettled(running.dataDir, written);
    report(audit, underLoad, landed);
    expect(audit).toMatchObject({ ...FLAWLESS, offered: written.length });
  }, 900_000);
});

interface Kills {
  readonly times: number;
  readonly earliestMs: number;
  readonly latestMs: number;
  readonly next: () => number;
  /** How often a kill came after which last line of the log. */
  readonly landed: Map<string, number>;
}

async function killRepeatedly(running: RunningTidings, kills: Kills): Promise<void> {
  const { times, earliestMs, latestMs, next, landed } = kills;
  for (let count = 0; count < times; count++) {
    const child = running.spawn();
    await sleep(earliestMs + next() * (latestMs - earliestMs));
    expect(child.running, `it ended by itself: ${child.tail()}`).toBe(true);
    await running.stop('SIGKILL');
    const line = /"message":"([^"]*)"[^\n]*\n?$/.exec(child.log())?.[1] ?? 'nothing logged yet';
    landed.set(line, (landed.get(line) ?? 0) + 1);
  }
}

/** Makes the API server compact away every version before now: it then takes a list to go on. */
async function compact(
  controlPlane: ReturnType<ReturnType<typeof useCluster>>['controlPlane'],
  write: () => Promise<readonly Written[]>,
  written: Written[],
): Promise<void> {
  await controlPlane.stop('kube-apiserver', 'SIGKILL');
  await controlPlane.start('kube-apiserver', ['--etcd-compaction-interval=2s']);
  written.push(...(await write()));
  await sleep(7_000);
}

function report(
  { offered, stored, missing, twice }: Audit,
  underLoad: number,
  landed: ReadonlyMap<string, number>,
): void {
  const lines = [...landed].map(([line, count]) => `  ${count} after "${line}"`);
  process.stdout.write(
    `kills ${KILLS}, ${underLoad} of them while events were written, seed ${SEED}\n${lines.join('\n')}\n` +
      `offered ${offered}, stored ${stored}, missing ${missing}, twice ${twice}\n`,
  );
}
