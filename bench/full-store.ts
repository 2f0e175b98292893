/** A store with a million events, or BENCH_STORED of them, filled once in a run for all measurements that need one. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { STORE_FILE } from '../src/app/store-file.ts';
import { startChild } from './child.ts';
import type { Filling } from './full-store-process.ts';

export const STORED = Number(process.env['BENCH_STORED'] ?? 1_000_000);

export interface FullStore {
  readonly dataDir: string;
  readonly path: string;
}

/** In a directory that outlives the measurement. */
export async function fullStore(stored: string): Promise<FullStore> {
  const dataDir = join(stored, 'full');
  const path = join(dataDir, STORE_FILE);
  if (!existsSync(path)) await fill(path);
  return { dataDir, path };
}

async function fill(path: string): Promise<void> {
  const filling = startChild<Filling>('full-store-process.ts');
  await filling.ask({ path, events: STORED });
  await filling.close();
}
