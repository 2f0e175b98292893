/** How long after the API server has written an event another process can read it from the store. */
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { STORE_FILE } from '../src/app/store-file.ts';
import { openSqliteHistory } from '../src/store/sqlite/sqlite-history.ts';
import { startApiServer } from './api-server.ts';
import { type Figure, quantile, SECONDS } from './measurement.ts';
import { preciseNow } from './precise-now.ts';
import { removeDirectory, temporaryDirectory } from './temporary.ts';
import { Tidings } from './tidings.ts';

const RATE = 1_000;
const WARM_UP_MS = 5_000;
const POLL_MS = 1;

export async function measure(): Promise<readonly Figure[]> {
  const dataDir = await temporaryDirectory();
  const api = await startApiServer({ live: 1_000, ttlMs: 3_600_000 });
  const tidings = new Tidings({ dataDir, server: api.url });
  try {
    await tidings.ready();
    await api.rate(RATE);
    await sleep(WARM_UP_MS);
    const seen = await watchStore(join(dataDir, STORE_FILE), SECONDS * 1000);
    const { writes } = await api.report();
    const delays = writes.flatMap(([resourceVersion, at]) => {
      const seenAt = seen.get(String(resourceVersion));
      return seenAt === undefined ? [] : [seenAt - at];
    });
    const what = `written at the API server to readable in another process, ${RATE}/s for ${SECONDS} s`;
    const unit = 'ms';
    return [
      { what: `${what}, p50`, value: quantile(delays, 0.5), unit },
      { what: 'the same, p99', value: quantile(delays, 0.99), unit, target: { atMost: 250 } },
      { what: 'the same, longest', value: quantile(delays, 1), unit },
      { what: 'the same, revisions seen', value: delays.length / SECONDS, unit: 'events/s' },
    ];
  } finally {
    await tidings.stop();
    await api.close();
    await removeDirectory(dataDir);
  }
}

/** When each revision was first read, by resourceVersion. */
async function watchStore(path: string, forMs: number): Promise<ReadonlyMap<string, number>> {
  const history = openSqliteHistory({ path });
  const seen = new Map<string, number>();
  const until = performance.now() + forMs;
  let cursor = await history.end();
  let version = history.dataVersion();
  while (performance.now() < until) {
    const now = history.dataVersion();
    if (now === version) {
      await sleep(POLL_MS);
      continue;
    }
    version = now;
    const page = await history.read(cursor, { limit: 10_000 });
    cursor = page.cursor;
    const at = preciseNow();
    for (const { body } of page.records) seen.set(body.metadata.resourceVersion, at);
  }
  await history.close();
  return seen;
}
