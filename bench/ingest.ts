/** How fast the bytes of a watch become durable: in one thread without a socket, and in a daemon that has to catch up. */
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { type ApiServer, startApiServer } from './api-server.ts';
import { frames } from './corpus.ts';
import { type Figure, median, SECONDS } from './measurement.ts';
import { chunksOf, createDecoder, openPipeline } from './pipeline.ts';
import { removeDirectory, temporaryDirectory } from './temporary.ts';
import { Tidings } from './tidings.ts';

const TARGET = { atLeast: 25_000 };
const WARM_UP_EVENTS = 50_000;
const EVENTS = 5_000 * SECONDS;
const PARSE_ROUNDS = 5;
/** The file and its dictionaries are no longer new. */
const MEASURED_AFTER = 0.25;

export async function measure(): Promise<readonly Figure[]> {
  return [...parse(), ...(await inOneThread()), ...(await catchingUp())];
}

function parse(): readonly Figure[] {
  const chunks = [...chunksOf(frames(WARM_UP_EVENTS))];
  const rounds = Array.from({ length: PARSE_ROUNDS }, () => {
    const decode = createDecoder();
    const began = performance.now();
    for (const chunk of chunks) decode(chunk);
    return ((performance.now() - began) * 1000) / WARM_UP_EVENTS;
  });
  return [{ what: 'cutting and parsing alone, median of 5 rounds', value: median(rounds), unit: 'µs/event' }];
}

async function inOneThread(): Promise<readonly Figure[]> {
  const directory = await temporaryDirectory();
  const pipeline = await openPipeline(join(directory, 'store.db'));
  const chunks = [...chunksOf(frames(WARM_UP_EVENTS + EVENTS))];
  const warmUp = Math.ceil((chunks.length * WARM_UP_EVENTS) / (WARM_UP_EVENTS + EVENTS));
  for (const chunk of chunks.slice(0, warmUp)) await pipeline.push(chunk);
  const began = performance.now();
  const { user, system } = process.threadCpuUsage();
  for (const chunk of chunks.slice(warmUp)) await pipeline.push(chunk);
  await pipeline.close();
  const seconds = (performance.now() - began) / 1000;
  const cpu = process.threadCpuUsage();
  await removeDirectory(directory);
  return [
    {
      what: `watch bytes to committed, one thread, ${EVENTS} events`,
      value: EVENTS / seconds,
      unit: 'events/s',
      target: TARGET,
    },
    { what: 'the same, CPU of the thread', value: (cpu.user - user + cpu.system - system) / EVENTS, unit: 'µs/event' },
  ];
}

async function catchingUp(): Promise<readonly Figure[]> {
  const dataDir = await temporaryDirectory();
  const api = await startApiServer({ live: 0, ttlMs: 3_600_000 });
  try {
    return await catchUp(api, dataDir);
  } finally {
    await api.close();
    await removeDirectory(dataDir);
  }
}

/** The daemon is stopped while the events are written, so that the API server has nothing to do but to send them. */
async function catchUp(api: ApiServer, dataDir: string): Promise<readonly Figure[]> {
  const before = new Tidings({ dataDir, server: api.url });
  await before.ready();
  await before.stop();
  const total = WARM_UP_EVENTS + EVENTS;
  await api.write(total);
  const tidings = new Tidings({ dataDir, server: api.url });
  try {
    const samples: { readonly at: number; readonly stored: number; readonly cpuMs: number }[] = [];
    for (let stored = 0; stored < total; ) {
      await sleep(50);
      stored = await tidings.storedNow();
      samples.push({ at: performance.now(), stored, cpuMs: tidings.cpuMs() });
    }
    const measured = samples.filter(({ stored }) => stored >= total * MEASURED_AFTER);
    const [first, last] = [measured[0], measured.at(-1)];
    if (!first || !last) throw new Error('measure ingest: found no samples, want one each 50 ms');
    const events = last.stored - first.stored;
    return [
      {
        what: `watch over HTTP to committed, daemon catching up ${total} events`,
        value: (events * 1000) / (last.at - first.at),
        unit: 'events/s',
        target: TARGET,
      },
      { what: 'the same, CPU of the daemon', value: ((last.cpuMs - first.cpuMs) * 1000) / events, unit: 'µs/event' },
    ];
  } finally {
    await tidings.stop();
  }
}
