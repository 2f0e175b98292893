/** How soon a daemon that has much in store watches again. */
import { startApiServer } from './api-server.ts';
import { fullStore, STORED } from './full-store.ts';
import { type Figure, median } from './measurement.ts';
import { Tidings } from './tidings.ts';

const STARTS = 7;

export async function measure(stored: string): Promise<readonly Figure[]> {
  const { dataDir } = await fullStore(stored);
  const api = await startApiServer({ live: 1_000, ttlMs: 3_600_000 });
  const start = async (): Promise<number> => {
    const tidings = new Tidings({ dataDir, server: api.url });
    const ms = await tidings.ready();
    await tidings.stop();
    return ms;
  };
  try {
    // It has to list first; afterwards it resumes.
    await start();
    const starts: number[] = [];
    for (let i = 0; i < STARTS; i++) starts.push(await start());
    return [
      {
        what: `start to watching, ${STORED} events stored, median of ${STARTS}`,
        value: median(starts) / 1000,
        unit: 's',
        target: { atMost: 1 },
      },
      { what: 'the same, slowest', value: Math.max(...starts) / 1000, unit: 's' },
    ];
  } finally {
    await api.close();
  }
}
