/** How long a first start takes on a cluster that is full of events. */
import { startApiServer } from './api-server.ts';
import type { Figure } from './measurement.ts';
import { removeDirectory, temporaryDirectory } from './temporary.ts';
import { Tidings } from './tidings.ts';

const LIVE = 200_000;

export async function measure(): Promise<readonly Figure[]> {
  const dataDir = await temporaryDirectory();
  const api = await startApiServer({ live: LIVE, ttlMs: 3_600_000 });
  const tidings = new Tidings({ dataDir, server: api.url });
  try {
    const ms = await tidings.stored(LIVE);
    return [
      { what: `first start, ${LIVE} live events stored`, value: ms / 1000, unit: 's', target: { atMost: 15 } },
      { what: 'the same, peak RSS', value: tidings.memory().peak, unit: 'MiB' },
    ];
  } finally {
    await tidings.stop();
    await api.close();
    await removeDirectory(dataDir);
  }
}
