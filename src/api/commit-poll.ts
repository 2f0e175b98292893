import { sleep } from '../util/sleep.ts';

/** What it adds to how late watchers are told; to ask costs some 15 microseconds. */
const POLL_MS = 10;
/** Time passes too: events leave the window, rights run out, bookmarks and heartbeats are due. */
const TICK_MS = 2_000;

/**
 * Calls those who watch a store when something was committed to it, by whatever thread or process, and every two seconds
 * besides. While nobody watches it asks nothing.
 */
export class CommitPoll {
  readonly #dataVersion: () => number;
  readonly #signal: AbortSignal;
  readonly #watchers = new Set<() => void>();
  #isPolling = false;
  #count = 0;

  /** `dataVersion` changes with every commit; it may throw. Ends when the signal is aborted. */
  constructor(dataVersion: () => number, signal: AbortSignal) {
    this.#dataVersion = dataVersion;
    this.#signal = signal;
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
    this.#isPolling = true;
    let seen: number | undefined;
    let ticked = Number.NEGATIVE_INFINITY;
    while (this.#watchers.size > 0 && !this.#signal.aborted) {
      const dataVersion = this.#read();
      if (dataVersion !== seen || performance.now() - ticked >= TICK_MS) {
        seen = dataVersion;
        ticked = performance.now();
        this.#count++;
        for (const watcher of this.#watchers) watcher();
      }
      await sleep(POLL_MS, this.#signal);
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
