import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Encoding } from '../accepted-encodings.ts';

export interface BuiltFile {
  readonly body: Buffer;
  /** As what it was compressed when it was built. */
  readonly encoding?: Encoding;
  readonly tag: string;
  /** Its name says what is in it. */
  readonly isHashed: boolean;
}

const SUFFIXES: Readonly<Record<Encoding, string>> = { br: '.br', gzip: '.gz' };

/** The files that the build put in a folder, by the names that it gave them and no other. */
export class PageFiles {
  readonly #folder: string;
  /** Those that were there when it was last looked. */
  #names: ReadonlySet<string> = new Set();

  constructor(folder: string) {
    this.#folder = folder;
  }

  /** Undefined when there is none. `encodings`: what may be sent instead, the best first. */
  async read(path: string, encodings: readonly Encoding[]): Promise<BuiltFile | undefined> {
    // Only what is listed is ever opened.
    if (!this.#names.has(path)) this.#names = await this.#list();
    if (!this.#names.has(path)) return undefined;
    const encoding = encodings.find((each) => this.#names.has(path + SUFFIXES[each]));
    const body = await contentOf(join(this.#folder, encoding ? path + SUFFIXES[encoding] : path));
    if (!body) {
      // A checkout that is built while it runs gets files of other names.
      this.#names = new Set();
      return undefined;
    }
    const hash = createHash('sha256').update(body).digest('base64url').slice(0, 22);
    return { body, ...(encoding && { encoding }), tag: `"${hash}"`, isHashed: path.startsWith('/assets/') };
  }

  async #list(): Promise<ReadonlySet<string>> {
    try {
      const entries = await readdir(this.#folder, { recursive: true, withFileTypes: true });
      const files = entries.filter((entry) => entry.isFile());
      return new Set(files.map(({ parentPath, name }) => join(parentPath, name).slice(this.#folder.length)));
    } catch (error) {
      if (isAbsent(error)) return new Set();
      throw error;
    }
  }
}

async function contentOf(path: string): Promise<Buffer | undefined> {
  try {
    return await readFile(path);
  } catch (error) {
    if (isAbsent(error)) return undefined;
    throw error;
  }
}

function isAbsent(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'ENOENT';
}
