/**
 * `make e2e-faults KILLS=200 SEED=1`: Tidings is killed while it delivers, in turn at each of the moments in which a
 * delivery can be, at requests drawn from the seed. Nothing may be missing, and nothing may come twice but what was under
 * way, or not acknowledged yet, when it was killed.
 */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { Random } from '../src/simulator/random.ts';
import { accountTable, accountWhenSettled, type DeliveryAccount, EXACT } from './helpers/delivery-account.ts';
import { Destination, MOMENTS, type Moment } from './helpers/destination.ts';
import { SimulatedLoad } from './helpers/simulated-load.ts';
import { testDirectory, tidingsUnderTest } from './helpers/suite.ts';
import type { RunningTidings } from './helpers/tidings.ts';

const KILLS = Number(process.env['KILLS'] ?? 10);
const SEED = Number(process.env['SEED'] ?? 1);
const PER_SECOND = 100;
/** Of a destination's requests after a start. */
const LATEST_REQUEST = 20;
/** After an answer; longer than what is done is collected before it is acknowledged. */
const LATEST_MS = 250;
const moments = Object.keys(MOMENTS) as Moment[];

/** One of 50, by the last digits of the key, which are of the resourceVersion. */
const isRefused = (key: string) => Number(key.slice(key.lastIndexOf('/') + 1)) % 50 === 0;

const destinations = {
  single: new Destination(),
  batches: new Destination({ refuses: isRefused }),
  bulk: new Destination({ refuses: isRefused }),
};
type SinkName = keyof typeof destinations;
const names = Object.keys(destinations) as SinkName[];

test(
  `killed ${KILLS} times with seed ${SEED} while it delivers, it loses nothing and repeats only what was under way`,
  async () => {
    const random = new Random(SEED);
    const load = await SimulatedLoad.start(SEED);
    onTestFinished(() => load.close());
    for (const destination of Object.values(destinations)) {
      await destination.open();
      onTestFinished(() => destination.close());
    }
    const config = join(testDirectory(), 'config.yaml');
    const { single, batches, bulk } = destinations;
    const sinks = [
      { name: 'single', type: 'http', url: single.url },
      { name: 'batches', type: 'http', url: batches.url, body: 'ndjson', batch: { records: 50 } },
      { name: 'bulk', type: 'opensearch', hosts: [bulk.url], batch: { records: 50 } },
    ];
    writeFileSync(config, JSON.stringify({ clusters: load.clusters, sinks }));
    const running = tidingsUnderTest(['--config', config]);
    const accounts = new Map<SinkName, DeliveryAccount>();
    onTestFinished(() => {
      const rows = moments.map((moment, index) => `  ${String(share(index)).padStart(4)}  ${MOMENTS[moment]}`);
      process.stdout.write(`seed ${SEED}, ${KILLS} kills\n${rows.join('\n')}\n${accountTable(accounts)}`);
    });

    await running.start();
    const writing = new AbortController();
    const written = load.writeEvenly({ perSecond: PER_SECOND, signal: writing.signal });
    for (let index = 0; index < KILLS; index++) {
      const moment = moments[index % moments.length] ?? 'arrived';
      const destination = destinations[random.pick(names)];
      const request = random.int(1, LATEST_REQUEST);
      const afterMs = moment === 'answered' ? random.int(0, LATEST_MS) : 0;
      await killAt({ running, destination, moment, request, afterMs });
      await Promise.all(Object.values(destinations).map((one) => one.newLife()));
      running.spawn();
    }
    writing.abort();
    await written;
    for (const sink of names) {
      const { dataDir } = running;
      accounts.set(sink, await accountWhenSettled(load.offered, destinations[sink], { dataDir, sink }));
    }
    const offered = load.offered.size;
    const refused = [...load.offered.keys()].filter(isRefused).length;
    const whole = { ...EXACT, offered, disordered: 0 };
    expect(accounts.get('single')).toMatchObject({ ...whole, delivered: offered, deadLetters: 0 });
    expect(accounts.get('batches')).toMatchObject({ ...whole, delivered: offered - refused, deadLetters: refused });
    expect(accounts.get('bulk')).toMatchObject({ ...whole, delivered: offered - refused, deadLetters: refused });
  },
  300_000 + KILLS * 30_000,
);

interface Kill {
  readonly running: RunningTidings;
  readonly destination: Destination;
  readonly moment: Moment;
  /** Which one from now on. */
  readonly request: number;
  readonly afterMs: number;
}

async function killAt({ running, destination, moment, request, afterMs }: Kill): Promise<void> {
  let left = request;
  let isKilled = false;
  const kill = (): void => {
    isKilled = true;
    void running.stop('SIGKILL');
  };
  destination.onRequest = (reached) => {
    if (reached !== moment || --left !== 0) return;
    // In the turn of the destination, which has done nothing more by then.
    if (afterMs === 0) kill();
    else setTimeout(kill, afterMs);
  };
  await running.process.until('to be killed', () => isKilled || undefined);
  await running.stop('SIGKILL');
}

/** How many kills are of the moment of this index. */
function share(index: number): number {
  return Math.floor(KILLS / moments.length) + (index < KILLS % moments.length ? 1 : 0);
}
