/**
 * `make e2e-faults OUTAGE_EVENTS=1000000`: a destination is away for a day of simulated time in which so many revisions
 * are written. Meanwhile the others get everything, memory does not grow with what waits, and when it is back it gets all
 * of it.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { accountTable, accountWhenSettled, type DeliveryAccount, EXACT } from './helpers/delivery-account.ts';
import { Destination } from './helpers/destination.ts';
import { SimulatedLoad } from './helpers/simulated-load.ts';
import { testDirectory, tidingsUnderTest } from './helpers/suite.ts';

const EVENTS = Number(process.env['OUTAGE_EVENTS'] ?? 10_000);
const PER_SECOND = 4_000;
const DAY_SECONDS = 86_400;
/** What memory may grow by while a million records wait: less than a tenth of them take. */
const GROWTH_MIB = 100;

const destinations = { present: new Destination(), away: new Destination() };

test(
  `a destination that is away for ${EVENTS} events gets all of them when it is back`,
  async () => {
    const load = await SimulatedLoad.start(2);
    onTestFinished(() => load.close());
    for (const destination of Object.values(destinations)) {
      await destination.open();
      onTestFinished(() => destination.close());
    }
    const config = join(testDirectory(), 'config.yaml');
    const sinks = Object.entries(destinations).map(([name, { url }]) => ({ name, type: 'http', url, body: 'ndjson' }));
    writeFileSync(config, JSON.stringify({ clusters: load.clusters, sinks }));
    const running = tidingsUnderTest(['--config', config]);
    const accounts = new Map<string, DeliveryAccount>();
    onTestFinished(() => void process.stdout.write(accountTable(accounts)));
    const account = async (sink: keyof typeof destinations): Promise<DeliveryAccount> => {
      const settled = await accountWhenSettled(load.offered, destinations[sink], { dataDir: running.dataDir, sink });
      accounts.set(sink, settled);
      return settled;
    };
    await running.start();
    await load.writeEvenly({ count: 2_000, perSecond: PER_SECOND });
    await account('away');
    const before = residentMiB(running.process.pid);

    await destinations.away.close();
    const speed = (DAY_SECONDS * PER_SECOND) / EVENTS;
    await load.writeEvenly({ count: EVENTS, perSecond: PER_SECOND, speed });
    const whole = { ...EXACT, offered: EVENTS + 2_000, delivered: EVENTS + 2_000, deadLetters: 0, disordered: 0 };
    expect(await account('present')).toEqual({ ...whole, twice: 0 });
    expect(destinations.away.taken.size).toBe(2_000);
    const growth = residentMiB(running.process.pid) - before;
    process.stdout.write(
      `memory grew by ${growth.toFixed()} MiB from ${before.toFixed()} while ${EVENTS} events waited\n`,
    );
    expect(growth).toBeLessThan(GROWTH_MIB);

    await destinations.away.open();
    expect(await account('away')).toEqual({ ...whole, twice: 0 });
  },
  300_000 + EVENTS * 3,
);

/** https://man7.org/linux/man-pages/man5/proc_pid_status.5.html */
function residentMiB(pid: number): number {
  return Number(/^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]) / 1024;
}
