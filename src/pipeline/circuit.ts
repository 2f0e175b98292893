/**
 * What all of a sink's lanes know about its destination. As long as it takes something, everybody sends. After a batch of
 * which it took nothing nobody does, until a delay is over and one batch, sent as a probe, has shown that it takes
 * something again.
 */
import { backoff } from '../util/backoff.ts';
import { Change } from '../util/change.ts';
import { sleep } from '../util/sleep.ts';

export interface CircuitOptions {
  /** Bounds of the delay before a probe; it grows from one to the other while probes fail, with full jitter. */
  readonly baseMs: number;
  readonly capMs: number;
  readonly random?: () => number;
}

export class Circuit {
  readonly #change = new Change();
  readonly #delays;
  #state: 'closed' | 'waiting' | 'probing' = 'closed';
  #successes = 0;
  /** The delay before the next probe is over. */
  #due = false;

  constructor(options: CircuitOptions) {
    this.#delays = backoff(options);
  }

  /** Whether the destination takes something, as far as anybody knows. */
  get isClosed(): boolean {
    return this.#state === 'closed';
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
    if (this.#state === 'closed') return;
    this.#state = 'closed';
    this.#delays.reset();
    this.#change.notify();
  }

  /** `afterMs` is the shortest delay the destination asked for. */
  fail(afterMs: number, signal: AbortSignal): void {
    // Batches that were under way together fail together: they are one failure.
    if (this.#state === 'waiting') return;
    this.#state = 'waiting';
    this.#due = false;
    void sleep(Math.max(afterMs, this.#delays.nextMs()), signal).then(() => {
      this.#due = true;
      this.#change.notify();
    });
  }
}
