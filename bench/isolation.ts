/** How much longer deliveries to one destination take while another hangs. */
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { startApiServer } from './api-server.ts';
import { type Figure, quantile, SECONDS } from './measurement.ts';
import { NdjsonDestination } from './ndjson-destination.ts';
import { preciseNow } from './precise-now.ts';
import { removeDirectory, temporaryDirectory } from './temporary.ts';
import { Tidings } from './tidings.ts';

const RATE = 1_000;
const WARM_UP_MS = 5_000;
/** Requests of the other fail so often while it hangs. */
const TIMEOUT = '5s';
const PATIENCE_MS = 120_000;

export async function measure(): Promise<readonly Figure[]> {
  const dataDir = await temporaryDirectory();
  const api = await startApiServer({ live: 1_000, ttlMs: 3_600_000 });
  const [working, other] = [new NdjsonDestination(), new NdjsonDestination()];
  const sinks = [
    { name: 'working', type: 'http', url: await working.open(), body: 'ndjson' },
    { name: 'other', type: 'http', url: await other.open(), body: 'ndjson', timeout: TIMEOUT },
  ];
  const config = join(dataDir, 'config.yaml');
  await writeFile(config, JSON.stringify({ sinks }));
  const tidings = new Tidings({ dataDir, server: api.url, config });
  try {
    await tidings.ready();
    await api.rate(RATE);
    await sleep(WARM_UP_MS);
    // Before and after, so that what becomes faster with time favours neither.
    const before = await span((SECONDS / 2) * 1000);
    other.hangs = true;
    const hanging = await span(SECONDS * 1000);
    other.hangs = false;
    await api.rate(0);
    await caughtUp(other, working);
    await api.rate(RATE);
    const after = await span((SECONDS / 2) * 1000);
    const { writes } = await api.report();
    const delays = (...spans: readonly Span[]): readonly number[] =>
      writes
        .filter(([, at]) => spans.some(({ from, to }) => at >= from && at < to))
        .map(([version, at]) => (working.arrivals.get(String(version)) ?? Number.POSITIVE_INFINITY) - at);
    return figures(delays(before, after), delays(hanging));
  } finally {
    await tidings.stop();
    await api.close();
    working.close();
    other.close();
    await removeDirectory(dataDir);
  }
}

function figures(alone: readonly number[], beside: readonly number[]): readonly Figure[] {
  const what = `written at the API server to delivered, ${RATE}/s for ${SECONDS} s`;
  const p99 = quantile(alone, 0.99);
  return [
    { what: `${what}, p50`, value: quantile(alone, 0.5), unit: 'ms' },
    { what: 'the same, p99', value: p99, unit: 'ms' },
    { what: 'the same, beside a destination that hangs, p50', value: quantile(beside, 0.5), unit: 'ms' },
    { what: 'the same, p99', value: quantile(beside, 0.99), unit: 'ms', target: { atMost: p99 * 1.2 } },
  ];
}

interface Span {
  readonly from: number;
  readonly to: number;
}

/** A while, and the moment that what was written in it needs to arrive. */
async function span(ms: number): Promise<Span> {
  const from = preciseNow();
  await sleep(ms);
  const to = preciseNow();
  await sleep(1_000);
  return { from, to };
}

/** Nothing may be written meanwhile. */
async function caughtUp(behind: NdjsonDestination, ahead: NdjsonDestination): Promise<void> {
  const deadline = performance.now() + PATIENCE_MS;
  while (behind.arrivals.size < ahead.arrivals.size) {
    if (performance.now() > deadline) throw new Error(`waited ${PATIENCE_MS / 1000} s in vain for what had to wait`);
    await sleep(100);
  }
}
