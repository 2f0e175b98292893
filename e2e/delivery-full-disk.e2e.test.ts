import { cpSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { accountTable, accountWhenSettled, EXACT } from './helpers/delivery-account.ts';
import { Destination } from './helpers/destination.ts';
import { SimulatedLoad } from './helpers/simulated-load.ts';
import { freeSpace, seenBy, withSmallVolume } from './helpers/small-volume.ts';
import { testDirectory, tidingsUnderTest } from './helpers/suite.ts';
import { until } from './helpers/until.ts';

const EVENTS = 6_000;
/** One of 100, by the last digits of the key, which are of the resourceVersion. */
const isRefused = (key: string) => Number(key.slice(key.lastIndexOf('/') + 1)) % 100 === 0;

test('a volume without space loses no delivery and no dead letter, and repeats none', async () => {
  const load = await SimulatedLoad.start(3);
  onTestFinished(() => load.close());
  const destination = new Destination({ refuses: isRefused });
  await destination.open();
  onTestFinished(() => destination.close());
  const directory = testDirectory();
  const config = join(directory, 'config.yaml');
  const sink = 'refuses-some';
  const sinks = [{ name: sink, type: 'http', url: destination.url, body: 'ndjson' }];
  writeFileSync(config, JSON.stringify({ clusters: load.clusters, sinks }));
  const volume = join(directory, 'volume');
  const running = tidingsUnderTest(['--config', config], { dataDir: volume, under: withSmallVolume(volume) });
  await running.start();

  const writing = load.writeEvenly({ count: EVENTS, perSecond: 1_500 });
  await until('readiness names the volume', async () => /space|full/i.test((await running.probe()).text));
  await writing;
  expect(destination.taken.size).toBeLessThan(EVENTS);
  freeSpace(running.process, volume);

  // The dead letters are read from a copy: nobody else sees the volume.
  const dataDir = join(directory, 'copy');
  const refused = [...load.offered.keys()].filter(isRefused).length;
  await until('everything is delivered', () => destination.taken.size >= EVENTS - refused);
  await until('every dead letter is recorded', async () =>
    (await running.metrics()).includes(`tidings_sink_records_total{sink="${sink}",outcome="rejected"} ${refused}\n`),
  );
  cpSync(seenBy(running.process, volume), dataDir, { recursive: true });
  const account = await accountWhenSettled(load.offered, destination, { dataDir, sink });
  process.stdout.write(accountTable(new Map([[sink, account]])));
  expect(account).toEqual({
    ...EXACT,
    offered: EVENTS,
    delivered: EVENTS - refused,
    deadLetters: refused,
    twice: 0,
    disordered: 0,
  });
});
