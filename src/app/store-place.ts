/** Where a program keeps its store that nobody gave a directory for it. */
import { accessSync, constants, lstatSync, statfsSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { resolveDataDir } from '../config/data-dir.ts';
import { makeDirectory } from '../config/make-directory.ts';
import { AppError } from '../core/errors.ts';
import type { RunConfig } from './run.ts';

/** Enough for what is on its way, in places that may be small. */
const VOLATILE_AGE_MS = 60 * 60_000;

export interface StorePlace {
  readonly dataDir: string;
  /** It goes with the container, the pod or the machine's next start. */
  readonly volatile: boolean;
}

export interface StorePlaceOptions {
  /** Of the store's own directory in each of the places. */
  readonly name: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Places of which nothing is expected, the better first; memory comes last, and is there in every container. */
  readonly temporary?: readonly string[];
}

/** The configuration with a place for the store, and less that is kept where the place is volatile. */
export function placeStore(config: RunConfig, options: StorePlaceOptions): RunConfig {
  const place = findStorePlace(options);
  if (!place.volatile) return { ...config, ...place };
  const { bavail, bsize } = statfsSync(place.dataDir);
  const { ageMs = Number.POSITIVE_INFINITY, hold, ...retention } = config.retention;
  const { bytes, minFreeSpace = 0 } = hold;
  return {
    ...config,
    ...place,
    retention: {
      ...retention,
      ageMs: Math.min(ageMs, VOLATILE_AGE_MS),
      hold: {
        bytes: Math.min(bytes, Math.floor((bavail * bsize) / 2)),
        minFreeSpace: Math.min(minFreeSpace, Math.floor((bavail * bsize) / 10)),
      },
    },
  };
}

/**
 * The directory that `TIDINGS_DATA` names, else the first that can be written to: in the usual data directory, which a pod
 * loses with its container, then in the temporary ones. Throws STORE_READ_ONLY when there is none.
 */
export function findStorePlace({ name, env, temporary = [tmpdir(), '/dev/shm'] }: StorePlaceOptions): StorePlace {
  const usual = resolveDataDir(env);
  if (env['TIDINGS_DATA']) return { dataDir: usual, volatile: false };
  const own = join(usual, name);
  if (isUsable(own)) return { dataDir: own, volatile: Boolean(env['KUBERNETES_SERVICE_HOST']) };
  const dataDir = temporary.map((place) => join(place, `tidings-${name}`)).find(isUsable);
  if (dataDir !== undefined) return { dataDir, volatile: true };
  throw new AppError(
    'STORE_READ_ONLY',
    `find a place for the store: found ${[usual, ...temporary].join(', ')} read-only, want one that can be written to`,
    { hint: 'Mount a volume, and name it by TIDINGS_DATA.' },
  );
}

/** Whether it is ours, or can be made: in a directory for everybody, another may have got there first. */
function isUsable(directory: string): boolean {
  try {
    makeDirectory(directory);
    const found = lstatSync(directory);
    accessSync(directory, constants.W_OK | constants.X_OK);
    return found.isDirectory() && found.uid === process.getuid?.();
  } catch {
    return false;
  }
}
