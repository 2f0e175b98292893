/** A store with a million events, or BENCH_STORED of them, filled once in a run for all measurements that need one. */
import { join } from 'node:path';
import { STORE_FILE } from '../src/app/store-file.ts';
import { frames } from './corpus.ts';
import { chunksOf, openPipeline } from './pipeline.ts';
import { temporaryDirectory } from './temporary.ts';

export const STORED = Number(process.env['BENCH_STORED'] ?? 1_000_000);

export interface FullStore {
  readonly dataDir: string;
  readonly path: string;
}

let filled: Promise<FullStore> | undefined;

/** Removed at the end of the run. */
export function fullStore(): Promise<FullStore> {
  filled ??= fill();
  return filled;
}

async function fill(): Promise<FullStore> {
  const dataDir = await temporaryDirectory();
  const path = join(dataDir, STORE_FILE);
  const pipeline = await openPipeline(path);
  for (const chunk of chunksOf(frames(STORED))) await pipeline.push(chunk);
  await pipeline.close();
  return { dataDir, path };
}
