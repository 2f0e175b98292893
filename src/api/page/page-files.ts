import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';

export type Encoding = 'br' | 'gzip';

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

  constructor(folder: string) {
    this.#folder = folder;
  }

  /** Undefined when there is none. `encodings`: what may be sent instead, the best first. */
  async read(path: string, encodings: readonly Encoding[]): Promise<BuiltFile | undefined> {
    // Looked up anew, since a checkout may be built while it runs; only what is listed is ever opened.
    const names = await this.#names();
    if (!names.has(path)) return undefined;
    const encoding = encodings.find((each) => names.has(path + SUFFIXES[each]));
    const body = await readFile(join(this.#folder, encoding ? path + SUFFIXES[encoding] : path));
    const hash = createHash('sha256').update(body).digest('base64url').slice(0, 22);
    return { body, ...(encoding && { encoding }), tag: `"${hash}"`, isHashed: path.startsWith('/assets/') };
  }

  async #names(): Promise<ReadonlySet<string>> {
    try {
      const entries = await readdir(this.#folder, { recursive: true, withFileTypes: true });
      const files = entries.filter((entry) => entry.isFile());
      return new Set(files.map(({ parentPath, name }) => join(parentPath, name).slice(this.#folder.length)));
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return new Set();
      throw error;
    }
  }
}
