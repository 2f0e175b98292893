import { Change } from '../../util/change.ts';
import { sleep } from '../../util/sleep.ts';

const POLL_MS = 50;
/** Time passes too: rights run out, and heartbeats are due. */
const TICK_MS = 1_000;

/** Tells those who watch when something was committed, by whatever process, and every second. */
export class CommitPoll {
  readonly committed = new Change();
  readonly #dataVersion: () => number;
  readonly #closing: AbortSignal;
  #watchers = 0;

  constructor(dataVersion: () => number, closing: AbortSignal) {
    this.#dataVersion = dataVersion;
    this.#closing = closing;
  }

  /** Returns how to stop. */
  watch(): () => void {
    this.#watchers++;
    if (this.#watchers === 1) void this.#poll();
    return () => {
      this.#watchers--;
    };
  }

  async #poll(): Promise<void> {
    let seen: number | undefined;
    let ticked = 0;
    while (this.#watchers > 0 && !this.#closing.aborted) {
      const dataVersion = this.#read();
      if (dataVersion !== seen || performance.now() - ticked >= TICK_MS) {
        seen = dataVersion;
        ticked = performance.now();
        this.committed.notify();
      }
      await sleep(POLL_MS, this.#closing);
    }
  }

  /** Undefined when it cannot be read: those who are woken then meet the error themselves. */
  #read(): number | undefined {
    try {
      return this.#dataVersion();
    } catch {
      return undefined;
    }
  }
}
