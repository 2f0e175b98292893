/** How much memory the daemon needs at a steady rate, and that the number of live events does not change it. */
import { setTimeout as sleep } from 'node:timers/promises';
import { startApiServer } from './api-server.ts';
import { type Figure, median, SECONDS } from './measurement.ts';
import { removeDirectory, temporaryDirectory } from './temporary.ts';
import { Tidings } from './tidings.ts';

const RATE = 1_000;
const LIVE = 200_000;
const FEW = 20_000;
/** The share of writes that are new events, with which the TTL decides how many live. */
const ADDED_SHARE = 0.77;
const SETTLE_MS = 10_000;

interface Steady {
  readonly live: number;
  /** MiB. */
  readonly resident: number;
  readonly largest: number;
  readonly peak: number;
  readonly cpuMsPerSecond: number;
}

export async function measure(): Promise<readonly Figure[]> {
  const few = await steady(FEW);
  const many = await steady(LIVE);
  const target = { atMost: 150 };
  const unit = 'MiB';
  return [
    { what: `RSS, ${many.live} live events, ${RATE}/s, median of ${SECONDS} s`, value: many.resident, unit, target },
    { what: 'the same, largest second', value: many.largest, unit, target },
    { what: 'the same, peak of the process, first list included', value: many.peak, unit },
    { what: `RSS, ${few.live} live events`, value: few.resident, unit },
    {
      what: 'growth with ten times the live events',
      value: many.resident / few.resident,
      unit: 'times',
      target: { atMost: 1.1 },
    },
    { what: `CPU for 1,000 events at ${RATE}/s, stored`, value: many.cpuMsPerSecond, unit: 'ms' },
  ];
}

/** Events expire as fast as they arrive, and their DELETED frames come too. */
async function steady(live: number): Promise<Steady> {
  const dataDir = await temporaryDirectory();
  const api = await startApiServer({ live, ttlMs: (live * 1000) / (RATE * ADDED_SHARE) });
  const tidings = new Tidings({ dataDir, server: api.url });
  try {
    await tidings.ready();
    await api.rate(RATE);
    await tidings.stored(live);
    await sleep(SETTLE_MS);
    const began = { at: performance.now(), cpuMs: tidings.cpuMs() };
    const resident: number[] = [];
    for (let second = 0; second < SECONDS; second++) {
      await sleep(1_000);
      resident.push(tidings.memory().resident);
    }
    const cpuMs = tidings.cpuMs() - began.cpuMs;
    return {
      live: (await api.report()).live,
      resident: median(resident),
      largest: Math.max(...resident),
      peak: tidings.memory().peak,
      cpuMsPerSecond: (cpuMs * 1000) / (performance.now() - began.at),
    };
  } finally {
    await tidings.stop();
    await api.close();
    await removeDirectory(dataDir);
  }
}
