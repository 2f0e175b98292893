import { createReadStream, createWriteStream } from 'node:fs';
import { readdir, rename, rm } from 'node:fs/promises';
import { basename, dirname } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { createGzip } from 'node:zlib';
import { messageOf } from '../core/errors.ts';
import type { Logger } from '../telemetry/log.ts';

export interface RotatedFilesOptions {
  /** The file that is rotated. */
  readonly path: string;
  /** How many rotated ones there may be; absent: any number. */
  readonly keep?: number;
  readonly compression: 'none' | 'gzip';
  readonly logger: Logger;
}

/** Not `toISOString` as it is: a colon means something else to tar, kubectl cp and Windows. */
const STAMP = /^\.(\d{4}-\d\d-\d\dT\d\d-\d\d-\d\d\.\d{3}Z)(|\.gz|\.gz\.part)$/;

/**
 * The files that were put aside, in the directory of the file itself, by the time in their names. Compressing and deleting
 * go on in the background; what a crash interrupted is done after the next rotation.
 */
export class RotatedFiles {
  readonly #options: RotatedFilesOptions;
  readonly #closing = new AbortController();
  #tidying: Promise<void> = Promise.resolve();

  constructor(options: RotatedFilesOptions) {
    this.#options = options;
  }

  /** Puts the file aside. Waits until what was put aside before is compressed: files are not to pile up. */
  async rotate(): Promise<void> {
    const { path } = this.#options;
    await this.#tidying;
    const newest = (await this.#stamps()).at(-1);
    // Also when the clock was set back, the order of names is that of the files.
    const time = Math.max(Date.now(), newest === undefined ? 0 : parseStamp(newest) + 1);
    await rename(path, `${path}.${formatStamp(time)}`);
    this.#tidying = this.#tidy();
  }

  async close(): Promise<void> {
    this.#closing.abort();
    await this.#tidying;
  }

  async #tidy(): Promise<void> {
    const { path, keep, compression, logger } = this.#options;
    try {
      const stamps = await this.#stamps();
      const kept = keep === undefined ? stamps : stamps.slice(-keep);
      const isKept = new Set(kept);
      for (const stamp of stamps.filter((each) => !isKept.has(each))) {
        for (const ending of ['', '.gz', '.gz.part']) await rm(`${path}.${stamp}${ending}`, { force: true });
      }
      if (compression === 'none') return;
      const names = new Set(await readdir(dirname(path)));
      for (const file of kept.map((stamp) => `${path}.${stamp}`)) {
        if (names.has(basename(file))) await compress(file, this.#closing.signal);
      }
    } catch (error) {
      if (this.#closing.signal.aborted) return;
      logger.warn({ path, error: messageOf(error) }, 'rotated files could not be compressed or deleted');
    }
  }

  /** The oldest first. */
  async #stamps(): Promise<readonly string[]> {
    const { path } = this.#options;
    const own = basename(path);
    const stamps = new Set<string>();
    for (const name of await readdir(dirname(path))) {
      const [, stamp] = (name.startsWith(own) && STAMP.exec(name.slice(own.length))) || [];
      if (stamp !== undefined) stamps.add(stamp);
    }
    return [...stamps].toSorted();
  }
}

/** Whatever is interrupted, and wherever, there is the file or all of it compressed. */
async function compress(file: string, signal: AbortSignal): Promise<void> {
  const part = `${file}.gz.part`;
  await rm(part, { force: true });
  await pipeline(
    createReadStream(file),
    createGzip(),
    createWriteStream(part, { flags: 'wx', mode: 0o600, flush: true }),
    {
      signal,
    },
  );
  await rename(part, `${file}.gz`);
  await rm(file);
}

function formatStamp(time: number): string {
  return new Date(time).toISOString().replaceAll(':', '-');
}

function parseStamp(stamp: string): number {
  return Date.parse(stamp.replace(/T(\d\d)-(\d\d)-/, 'T$1:$2:'));
}
