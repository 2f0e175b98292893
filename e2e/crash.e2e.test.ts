/**
 * `make e2e-crash KILLS=20 SEED=1`: events are written as fast as the API server takes them while Tidings is killed, in
 * turn in each phase of its work, at instants drawn from the seed. Nothing that was acknowledged and has not expired may
 * be missing, and nothing may be stored twice.
 */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { Random } from '../src/simulator/random.ts';
import { ApiProxy } from './helpers/api-proxy.ts';
import { type Audit, auditWhenSettled, FLAWLESS } from './helpers/audit.ts';
import { useCluster } from './helpers/cluster.ts';
import { type WriteOptions, type Written, writeEvents } from './helpers/event-writer.ts';
import { Kills, PHASES, type Phase } from './helpers/kills.ts';
import { CONTROL_PLANE, lacking } from './helpers/require-component.ts';
import { testDirectory, tidingsUnderTest } from './helpers/suite.ts';
import { storedEvents } from './helpers/tidings.ts';
import { until } from './helpers/until.ts';

const KILLS = Number(process.env['KILLS'] ?? 10);
const SEED = Number(process.env['SEED'] ?? 1);
const EVENTS = Number(process.env['EVENTS'] ?? Math.min(20_000, KILLS * 1_000));

const KEPT_DAYS = 30;
const EXPIRED_DAYS = 40;
const DAY_MS = 86_400_000;
/** Retention deletes 500 at a time; a kill takes back what it was deleting. */
const ENOUGH_EXPIRED = 600;
const EXPIRED_WRITES = 2_000;

const phases = Object.keys(PHASES) as Phase[];

function share(phase: Phase): number {
  return Math.floor(KILLS / phases.length) + (phases.indexOf(phase) < KILLS % phases.length ? 1 : 0);
}

describe.skipIf(lacking(...CONTROL_PLANE))(`killed ${KILLS} times with seed ${SEED}`, () => {
  const cluster = useCluster({ compactionInterval: '0' });

  test(
    'loses nothing and stores nothing twice',
    async () => {
      const { client, controlPlane } = cluster();
      const upstream = controlPlane.client({ connections: 4 });
      const proxy = new ApiProxy(upstream);
      onTestFinished(async () => {
        proxy.close();
        await upstream.close();
      });
      const config = join(testDirectory(), 'config.yaml');
      const settings = { clusters: [{ server: await proxy.start() }], retention: { age: `${KEPT_DAYS}d` } };
      writeFileSync(config, JSON.stringify(settings));
      const running = tidingsUnderTest(['--config', config]);
      const random = new Random(SEED);
      const kills = new Kills({ running, proxy, random: () => random.next() });

      const written: Written[] = [];
      let seed = SEED;
      const write = async (writes: number, options: Partial<WriteOptions> = {}): Promise<readonly Written[]> =>
        writeEvents(client, { writes: Math.ceil(writes), seed: (seed += 1_000), ...options });
      let killedWhileWriting = 0;
      let expiredWrites = 0;
      let audit: Audit | undefined;
      onTestFinished(() => report(kills, killedWhileWriting, audit, expiredWrites));
      const settle = async (): Promise<Audit> => {
        await running.start();
        audit = await auditWhenSettled(running.dataDir, written);
        return audit;
      };

      // Written before anybody watches, so only the latest revision can be known.
      written.push(...(await write(EVENTS / 4, { createOnly: true })));
      for (let index = 0; index < share('migration'); index++) {
        await kills.intoMigration();
        if (index < share('list')) await kills.intoList('list', EVENTS / 4);
      }
      expect(await settle()).toMatchObject(FLAWLESS);
      await running.stop('SIGKILL');

      // From here on there is a position to resume from, so every revision counts.
      const underLoad = async (writes: number, kill: () => Promise<void>): Promise<void> => {
        let writing = true;
        const load = write(writes).finally(() => {
          writing = false;
        });
        await Promise.all([load, kill().then(() => (killedWhileWriting += Number(writing)))]);
        written.push(...(await load));
      };
      for (let index = 0; index < share('commit'); index++) {
        await underLoad((EVENTS * 0.4) / share('commit'), () => kills.intoCommit());
      }
      expect(await settle()).toMatchObject(FLAWLESS);
      await running.stop();

      for (let index = 0; index < share('prune'); index++) {
        while ((await expired(running.dataDir)) < ENOUGH_EXPIRED) {
          await running.start();
          const time = new Date(Date.now() - EXPIRED_DAYS * DAY_MS);
          expiredWrites += (await write(EXPIRED_WRITES, { time })).length;
          await running.stop();
        }
        await underLoad((EVENTS * 0.2) / share('prune'), () => kills.intoPrune());
      }
      expect(await settle()).toMatchObject(FLAWLESS);
      await running.stop('SIGKILL');

      written.push(...(await write(EVENTS * 0.15, { createOnly: true })));
      await controlPlane.compactEtcd();
      const alive = new Set(written.map(({ uid }) => uid)).size;
      for (let index = 0; index < share('re-list'); index++) await kills.intoList('re-list', alive);
      expect(await settle()).toMatchObject({ ...FLAWLESS, offered: written.length });
      // A list brings what has expired once more, as long as the API server has it.
      await until('what has expired is deleted', async () => (await expired(running.dataDir)) === 0);
      for (const phase of phases) expect(kills.landed.get(phase) ?? 0).toBe(share(phase));
    },
    300_000 + KILLS * 30_000,
  );
});

/** How many revisions are stored that are older than what is kept. */
async function expired(dataDir: string): Promise<number> {
  return (await storedEvents(dataDir, '--revisions', '--until', `${KEPT_DAYS}d`)).length;
}

function report({ landed }: Kills, whileWriting: number, audit: Audit | undefined, expiredWrites: number): void {
  const rows = Object.entries({ ...PHASES, elsewhere: 'missed the phase it was meant for' });
  const table = rows.map(([phase, seen]) => {
    const count = landed.get(phase as Phase) ?? 0;
    return `  ${phase.padEnd(9)} ${String(count).padStart(5)}  ${seen}`;
  });
  const total = [...landed.values()].reduce((sum, count) => sum + count, 0);
  const found = audit
    ? `offered ${audit.offered}, stored ${audit.stored}, missing ${audit.missing}, twice ${audit.twice}`
    : 'it was not looked at what is stored';
  process.stdout.write(
    `seed ${SEED}, ${total} kills, ${whileWriting} of them while events were written\n` +
      `  phase     kills  what was seen at the kill\n${table.join('\n')}\n` +
      `${found}; besides, ${expiredWrites} were older than what is kept\n`,
  );
}
