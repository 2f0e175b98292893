/**
 * 1,000 events a second go to eight destinations at once, each with a fault of its own for half of the time. Nothing may
 * be missing, nothing delivered twice without a reason, and no destination may hold up another.
 * `make e2e-faults FAULT_SECONDS=20`: how long the faults last.
 */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { accountTable, accountWhenSettled, type DeliveryAccount, EXACT } from './helpers/delivery-account.ts';
import { Destination, type Fault } from './helpers/destination.ts';
import { SimulatedLoad } from './helpers/simulated-load.ts';
import { temporaryDirectory } from './helpers/temporary-directory.ts';
import { RunningTidings } from './helpers/tidings.ts';
import { until } from './helpers/until.ts';

const FAULT_SECONDS = Number(process.env['FAULT_SECONDS'] ?? 2);
const PER_SECOND = 1_000;
/** For the program to be compiled, and the connections to be made. */
const WARM_UP_SECONDS = 1;
/** Longer than the first delays, which would be waited for anyway. */
const RETRY_AFTER_SECONDS = 5;
/** As many as the sink has, each of which may learn it for itself. */
const LANES = 8;

interface Stage {
  readonly destination: Destination;
  readonly settings: (url: string) => object;
  readonly begin?: (destination: Destination) => Promise<void> | void;
}

const ndjson = (url: string) => ({ type: 'http', url: `${url}/events`, body: 'ndjson' });
const impatient = (url: string) => ({ ...ndjson(url), timeout: '10s' });
const bulk = (url: string) => ({ type: 'opensearch', hosts: [url] });
const failing =
  (fault: Fault) =>
  (destination: Destination): void => {
    destination.fault = fault;
  };
/** One of 50, by the last digits of the key, which are of the resourceVersion. */
const isRefused = (key: string) => Number(key.slice(key.lastIndexOf('/') + 1)) % 50 === 0;
const busy = { status: 429, headers: { 'retry-after': String(RETRY_AFTER_SECONDS) } };

const stages = {
  steady: { settings: ndjson, destination: new Destination() },
  'answers-500': { settings: ndjson, destination: new Destination(), begin: failing({ status: 500 }) },
  hangs: { settings: impatient, destination: new Destination(), begin: failing('hang') },
  'refuses-connections': { settings: ndjson, destination: new Destination(), begin: (one) => one.close() },
  'resets-requests': { settings: ndjson, destination: new Destination(), begin: failing('reset') },
  'resets-answers': { settings: bulk, destination: new Destination(), begin: failing('cut') },
  'asks-for-patience': { settings: ndjson, destination: new Destination(), begin: failing(busy) },
  'takes-half-a-bulk': { settings: bulk, destination: new Destination(), begin: failing('half') },
  'refuses-some': { settings: ndjson, destination: new Destination({ refuses: isRefused }) },
} as const satisfies Readonly<Record<string, Stage>>;
type StageName = keyof typeof stages;
const names = Object.keys(stages) as StageName[];
const destinations = Object.values<Stage>(stages);
const failingNames = names.filter((name) => 'begin' in stages[name]);
const OFFERED = (WARM_UP_SECONDS + 2 * FAULT_SECONDS) * PER_SECOND;

describe(`destinations that fail for ${FAULT_SECONDS} of ${2 * FAULT_SECONDS} s`, () => {
  const accounts = new Map<string, DeliveryAccount>();
  const instants = { warm: 0, failing: 0, mended: 0 };
  let load: SimulatedLoad;
  let metrics = '';

  beforeAll(
    async () => {
      const directory = temporaryDirectory();
      load = await SimulatedLoad.start(1);
      for (const { destination } of destinations) await destination.open();
      const config = join(directory.path, 'config.yaml');
      const sinks = names.map((name) => ({ name, ...stages[name].settings(stages[name].destination.url) }));
      writeFileSync(config, JSON.stringify({ clusters: load.clusters, sinks }));
      const running = new RunningTidings({ dataDir: join(directory.path, 'data'), args: ['--config', config] });
      try {
        await running.start();
        await play(running);
        for (const sink of names) {
          const { destination } = stages[sink];
          accounts.set(sink, await accountWhenSettled(load.offered, destination, { dataDir: running.dataDir, sink }));
        }
        metrics = await running.metrics();
      } finally {
        await running.stop('SIGKILL');
        await load.close();
        await Promise.all(destinations.map(({ destination }) => destination.close()));
        directory.remove();
      }
    },
    180_000 + FAULT_SECONDS * 20_000,
  );

  /** Half of the time everybody works. Waits for what has to happen, not for time: the machine may be busy. */
  async function play(running: RunningTidings): Promise<void> {
    const write = (seconds: number) =>
      load.writeEvenly({ perSecond: PER_SECOND, count: Math.round(seconds * PER_SECOND) });
    await write(WARM_UP_SECONDS);
    await until('all of them work', () => destinations.every(({ destination }) => destination.taken.size > 0));
    instants.warm = performance.now();
    await write(FAULT_SECONDS / 2);
    instants.failing = performance.now();
    for (const { destination, begin } of destinations) await begin?.(destination);
    await write(FAULT_SECONDS);
    await until('each of them has failed', async () => {
      const now = await running.metrics();
      return failingNames.every((sink) => stages[sink].destination.faulted > 0 || hasFailed(now, sink));
    });
    // If it waited for one of the others it never would.
    const { steady } = stages;
    await until('the one that works has everything', () => steady.destination.taken.size === load.offered.size);
    instants.mended = performance.now();
    for (const { destination } of destinations) await destination.mend();
    await write(FAULT_SECONDS / 2);
  }

  /** How long records took to the destination that works, of those written in a while. */
  const delays = (from: number, to: number): readonly number[] =>
    [...load.offered]
      .filter(([, at]) => at >= from && at < to)
      .map(([key, at]) => (stages.steady.destination.taken.get(key)?.at ?? Number.POSITIVE_INFINITY) - at);

  afterAll(() => {
    const before = p99(delays(instants.warm, instants.failing));
    const during = p99(delays(instants.failing, instants.mended));
    process.stdout.write(
      `${accountTable(accounts)}written to delivered where nothing fails, p99: ${before.toFixed()} ms, ${during.toFixed()} while the others fail\n`,
    );
  });

  test.each(['steady', 'answers-500', 'hangs', 'refuses-connections', 'resets-requests', 'asks-for-patience'] as const)(
    'a destination that is called %s gets everything once and in order',
    (name) => {
      expect(accounts.get(name)).toEqual({
        ...EXACT,
        offered: OFFERED,
        delivered: OFFERED,
        deadLetters: 0,
        twice: 0,
        disordered: 0,
      });
    },
  );

  test('one that breaks off within its answers gets again what it never said it has', () => {
    const account = accounts.get('resets-answers');
    expect(account).toMatchObject({ ...EXACT, offered: OFFERED, delivered: OFFERED, deadLetters: 0, disordered: 0 });
    expect(account?.twice).toBeGreaterThan(0);
  });

  test('one that takes half of each bulk gets the other half later, and nothing twice', () => {
    const account = accounts.get('takes-half-a-bulk');
    expect(account).toMatchObject({ ...EXACT, offered: OFFERED, delivered: OFFERED, deadLetters: 0, twice: 0 });
  });

  test('what one refuses, and that alone, is a dead letter', () => {
    const refused = [...load.offered.keys()].filter(isRefused).length;
    expect(accounts.get('refuses-some')).toEqual({
      ...EXACT,
      offered: OFFERED,
      delivered: OFFERED - refused,
      deadLetters: refused,
      twice: 0,
      disordered: 0,
    });
  });

  test('metrics count what was delivered, each once, and what is a dead letter', () => {
    const counted = names.map((sink) => [
      sink,
      records(metrics, sink, 'delivered'),
      records(metrics, sink, 'rejected'),
    ]);
    expect(counted).toEqual([...accounts].map(([sink, { delivered, deadLetters }]) => [sink, delivered, deadLetters]));
  });

  test('one that says Retry-After is left alone for so long', () => {
    const asked = stages['asks-for-patience'].destination.requests.filter((at) => at >= instants.failing);
    const refused = asked.filter((at) => at < instants.mended);
    const pauses = asked.map((at, index) => at - (asked[index - 1] ?? at));
    const waits = (instants.mended - instants.failing) / (RETRY_AFTER_SECONDS * 1_000);
    expect(refused.length).toBeGreaterThan(0);
    expect(refused.length).toBeLessThanOrEqual(2 * LANES + waits);
    // Its answer takes a moment from the destination to here.
    expect(Math.max(...pauses)).toBeGreaterThan(RETRY_AFTER_SECONDS * 1_000 - 100);
  });
});

function records(metrics: string, sink: StageName, outcome: string): number {
  const line = new RegExp(`^tidings_sink_records_total\\{sink="${sink}",outcome="${outcome}"\\} (\\d+)$`, 'm');
  return Number(line.exec(metrics)?.[1] ?? 0);
}

function hasFailed(metrics: string, sink: StageName): boolean {
  return new RegExp(`^tidings_sink_failures_total\\{sink="${sink}"`, 'm').test(metrics);
}

function p99(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length * 0.99)] ?? Number.NaN;
}
