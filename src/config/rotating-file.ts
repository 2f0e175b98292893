import { readFile } from 'node:fs/promises';
import { AppError } from '../core/errors.ts';

// client-go looks at a token file again after a minute, at certificates after five:
// https://github.com/kubernetes/client-go/blob/v0.35.4/transport/token_source.go
// A file this small costs nothing to read, and a token that was revoked early is replaced sooner.
const REREAD_AFTER_MS = 10_000;

/** A file that somebody else replaces: a token or certificate of a pod, above all. */
export class RotatingFile {
  readonly #path: string;
  readonly #what: string;
  readonly #now: () => number;
  #content: string | undefined;
  #readAt = Number.NEGATIVE_INFINITY;

  /** `what` it holds, for messages. `now` in milliseconds. */
  constructor(path: string, what: string, now: () => number) {
    this.#path = path;
    this.#what = what;
    this.#now = now;
  }

  /**
   * The content without white space around it, at most ten seconds old, or the last one that could be read. Rejects with
   * an AppError CREDENTIALS_FAILED while there was none.
   */
  async read(options: { readonly fresh: boolean }): Promise<string> {
    if (this.#content !== undefined && !options.fresh && this.#now() - this.#readAt < REREAD_AFTER_MS) {
      return this.#content;
    }
    this.#readAt = this.#now();
    try {
      const content = (await readFile(this.#path, 'utf8')).trim();
      if (content === '') throw new Error('it is empty');
      this.#content = content;
    } catch (error) {
      if (this.#content === undefined) throw this.#failure(error);
    }
    return this.#content ?? '';
  }

  #failure(error: unknown): AppError {
    const code = (error as NodeJS.ErrnoException).code;
    return new AppError('CREDENTIALS_FAILED', `read ${this.#what} from ${this.#path}: ${code ?? 'it is empty'}`, {
      cause: error,
    });
  }
}
