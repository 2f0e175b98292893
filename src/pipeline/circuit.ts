/**
 * What all of a sink's lanes know about its destination. As long as it takes something, everybody sends; a lane of which
 * nothing is taken waits by itself. After so many batches in a row, of all lanes together, that were not taken nobody
 * sends, until a delay is over and one batch, sent as a probe, has shown that it takes something again. A count of
 * failures in a row, not any failure: a destination that fails every second time takes half of what it is sent, and would
 * take next to nothing if everybody waited each time.
 */
import { backoff } from '../util/backoff.ts';
import { Change } from '../util/change.ts';
import { sleep } from '../util/sleep.ts';

/**
 * Of a destination that fails half of the time, one run of failures in a thousand is as long. More than the lanes that a
 * sink has at most: what is under way at one time fails together, and is one failure.
 */
const FAILURES_IN_A_ROW = 10;

export interface CircuitOptions {
  /** Bounds of the delay before a probe; it grows from one to the other while probes fail, with full jitter. */
  readonly baseMs: number;
  readonly capMs: number;
  readonly random?: () => number;
}

/** A batch of which nothing was taken. */
export interface BatchFailure {
  /** The shortest delay the destination asked for. */
  readonly afterMs: number;
  /** It will fare no better with any other batch: one such failure is enough. */
  readonly isForAll: boolean;
}

export class Circuit {
  readonly #change = new Change();
  readonly #delays;
  #state: 'closed' | 'waiting' | 'probing' = 'closed';
  #successes = 0;
  /** Since it took something last. */
  #failures = 0;
  /** The delay before the next probe is over. */
  #due = false;

  constructor(options: CircuitOptions) {
    this.#delays = backoff(options);
  }

  /** Whether everybody may send. */
  get isClosed(): boolean {
    return this.#state === 'closed';
  }

  /** Whether the destination took nothing of the batch that ended last. */
  get isFailing(): boolean {
    return this.#failures > 0;
  }

  /** How often it took something: what failed in between was not its fault alone. */
  get successes(): number {
    return this.#successes;
  }

  /** Resolves with true when the caller may send a batch, and then has to say how it went; with false when aborted. */
  async pass(signal: AbortSignal): Promise<boolean> {
    while (!signal.aborted) {
      if (this.#state === 'closed') return true;
      if (this.#state === 'waiting' && this.#due) {
        this.#state = 'probing';
        return true;
      }
      await this.#change.wait(this.#change.count, signal);
    }
    return false;
  }

  succeed(): void {
    this.#successes++;
    this.#failures = 0;
    if (this.#state === 'closed') return;
    this.#state = 'closed';
    this.#delays.reset();
    this.#change.notify();
  }

  fail({ afterMs, isForAll }: BatchFailure, signal: AbortSignal): void {
    this.#failures++;
    // Batches that were under way together fail together: they are one failure.
    if (this.#state === 'waiting') return;
    if (this.#state === 'closed' && !isForAll && this.#failures < FAILURES_IN_A_ROW) return;
    this.#state = 'waiting';
    this.#due = false;
    void sleep(Math.max(afterMs, this.#delays.nextMs()), signal).then(() => {
      this.#due = true;
      this.#change.notify();
    });
  }
}
