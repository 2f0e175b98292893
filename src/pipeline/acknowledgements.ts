/** Collects what sinks are done with for a moment and writes it as one, because each write costs an fsync. */
import type { Cursor, Log } from '../component/log.ts';

/** So much is delivered again after a crash, and a commit costs as much as one of 50 records. */
const DEFAULT_DELAY_MS = 250;

export class Acknowledgements {
  readonly #write: Log['acknowledge'];
  readonly #delayMs: number;
  #pending = new Map<string, Cursor>();
  #flush: Promise<void> | undefined;

  constructor(write: Log['acknowledge'], delayMs: number = DEFAULT_DELAY_MS) {
    this.#write = write;
    this.#delayMs = delayMs;
  }

  /** Resolves when it is durable; a cursor given later for the same consumer takes its place. */
  acknowledge(consumer: string, cursor: Cursor): Promise<void> {
    this.#pending.set(consumer, cursor);
    this.#flush ??= new Promise((resolve, reject) => {
      setTimeout(() => {
        const cursors = this.#pending;
        this.#pending = new Map();
        this.#flush = undefined;
        this.#write(cursors).then(resolve, reject);
      }, this.#delayMs);
    });
    return this.#flush;
  }
}
