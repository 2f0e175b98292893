import { readFile, rename, writeFile } from 'node:fs/promises';
import * as v from 'valibot';
import type { SavedQueries, SavedQuery } from '../component/saved-queries.ts';
import { AppError, messageOf } from '../core/errors.ts';
import { Turns } from '../util/turns.ts';

const MAX_QUERIES = 1_000;

const fileSchema = v.object({
  version: v.literal(1),
  queries: v.array(
    v.object({
      name: v.string(),
      q: v.exactOptional(v.string()),
      cel: v.exactOptional(v.string()),
      from: v.exactOptional(v.string()),
      to: v.exactOptional(v.string()),
      cluster: v.exactOptional(v.array(v.string())),
      namespace: v.exactOptional(v.array(v.string())),
      savedAt: v.number(),
    }),
  ),
});

/** Saved queries in a file of their own beside the store: people write them, not the collector. */
export class FileSavedQueries implements SavedQueries {
  readonly #path: string;
  readonly #turns = new Turns();

  constructor(path: string) {
    this.#path = path;
  }

  list(): Promise<readonly SavedQuery[]> {
    return this.#turns.take(() => this.#read());
  }

  put(query: SavedQuery): Promise<void> {
    return this.#turns.take(async () => {
      const others = (await this.#read()).filter(({ name }) => name !== query.name);
      if (others.length >= MAX_QUERIES)
        throw new AppError('USAGE', `save a query: found ${others.length} of them, want at most ${MAX_QUERIES}`);
      await this.#write([...others, query]);
    });
  }

  remove(name: string): Promise<boolean> {
    return this.#turns.take(async () => {
      const queries = await this.#read();
      const others = queries.filter((query) => query.name !== name);
      if (others.length === queries.length) return false;
      await this.#write(others);
      return true;
    });
  }

  async #read(): Promise<readonly SavedQuery[]> {
    let text: string;
    try {
      text = await readFile(this.#path, 'utf8');
    } catch (error) {
      if (codeOf(error) === 'ENOENT') return [];
      throw this.#problem('STORE_FAILED', 'read', error);
    }
    try {
      return v.parse(fileSchema, JSON.parse(text)).queries;
    } catch (error) {
      throw this.#problem('STORE_DAMAGED', 'read', error);
    }
  }

  async #write(queries: readonly SavedQuery[]): Promise<void> {
    const sorted = queries.toSorted((a, b) => (a.name < b.name ? -1 : 1));
    const text = `${JSON.stringify({ version: 1, queries: sorted }, undefined, 2)}\n`;
    // What is there stays whole when the write is not.
    const next = `${this.#path}.${process.pid}`;
    try {
      await writeFile(next, text, { mode: 0o600, flush: true });
      await rename(next, this.#path);
    } catch (error) {
      const isReadOnly = ['EACCES', 'EPERM', 'EROFS'].includes(codeOf(error));
      throw this.#problem(isReadOnly ? 'STORE_READ_ONLY' : 'STORE_FAILED', 'write', error);
    }
  }

  #problem(code: 'STORE_FAILED' | 'STORE_DAMAGED' | 'STORE_READ_ONLY', action: string, cause: unknown): AppError {
    return new AppError(code, `${action} the saved queries ${this.#path}: ${messageOf(cause)}`, { cause });
  }
}

function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : '';
}
