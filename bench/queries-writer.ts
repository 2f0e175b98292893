/** A worker that fills a store, says so, and then writes 1,000 events a second until it is ended. */
import { setTimeout as sleep } from 'node:timers/promises';
import { parentPort, workerData } from 'node:worker_threads';
import { frames } from './corpus.ts';
import { openPipeline, type Pipeline } from './pipeline.ts';

const CHUNK_FRAMES = 50;
const EVERY_MS = 50;

const { path, events, startMs } = workerData as {
  readonly path: string;
  readonly events: number;
  /** Of a store that is filled: when its last event was seen. */
  readonly startMs: number | undefined;
};
const pipeline = await openPipeline(path);
const written = frames(Number.MAX_SAFE_INTEGER, startMs === undefined ? {} : { seed: 2, startMs });
for (let stored = 0; stored < events; stored += CHUNK_FRAMES) await push(pipeline);
parentPort?.postMessage('filled');
for (let next = performance.now(); ; next += EVERY_MS) {
  await push(pipeline);
  await sleep(Math.max(0, next + EVERY_MS - performance.now()));
}

async function push(to: Pipeline): Promise<void> {
  await to.push(Buffer.concat(Array.from({ length: CHUNK_FRAMES }, () => written.next().value ?? Buffer.alloc(0))));
}
