import { sleep } from '../util/sleep.ts';

export interface CommitPollOptions {
  readonly everyMs: number;
  /** Watchers are called at least so often: time passes too. */
  readonly tickMs: number;
  /** Ends it. */
  readonly signal: AbortSignal;
}

/**
 * Calls those who watch a store when something was committed to it, by whatever thread or process, and every so often
 * besides. While nobody watches it asks nothing.
 */
export class CommitPoll {
  readonly #dataVersion: () => number;
  readonly #options: CommitPollOptions;
  readonly #watchers = new Set<() => void>();
  #isPolling = false;
  #count = 0;

  /** `dataVersion` changes with every commit; it may throw. */
  constructor(dataVersion: () => number, options: CommitPollOptions) {
    this.#dataVersion = dataVersion;
    this.#options = options;
  }

  /** How often watchers were called. */
  get count(): number {
    return this.#count;
  }

  /** Returns how to stop. Who watches before looking at the store misses nothing. */
  watch(watcher: () => void): () => void {
    this.#watchers.add(watcher);
    if (!this.#isPolling) void this.#poll();
    return () => {
      this.#watchers.delete(watcher);
    };
  }

  async #poll(): Promise<void> {
    const { everyMs, tickMs, signal } = this.#options;
    this.#isPolling = true;
    let seen: number | undefined;
    let ticked = Number.NEGATIVE_INFINITY;
    while (this.#watchers.size > 0 && !signal.aborted) {
      const dataVersion = this.#read();
      if (dataVersion !== seen || performance.now() - ticked >= tickMs) {
        seen = dataVersion;
        ticked = performance.now();
        this.#count++;
        for (const watcher of this.#watchers) watcher();
      }
      await sleep(everyMs, signal);
    }
    this.#isPolling = false;
  }

  /** Undefined when it cannot be read: those who are called then meet the error themselves. */
  #read(): number | undefined {
    try {
      return this.#dataVersion();
    } catch {
      return undefined;
    }
  }
}
