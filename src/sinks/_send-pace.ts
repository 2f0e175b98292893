/** At most so many in a span of time, as chats limit what is sent. */
import type { Outcome } from '../component/sink.ts';

export interface PaceLimit {
  readonly count: number;
  readonly ms: number;
}

export class SendPace {
  readonly #limits: readonly PaceLimit[];
  readonly #now: () => number;
  /** When each was sent, as far back as the limits look; the oldest first. */
  #sent: number[] = [];

  /** `now` never goes back. */
  constructor(limits: readonly PaceLimit[], now: () => number = () => performance.now()) {
    this.#limits = limits;
    this.#now = now;
  }

  /** What to answer instead of sending; undefined, and one more is counted, when it may be sent. */
  take(problem: (found: string) => string): Outcome | undefined {
    const now = this.#now();
    const longest = Math.max(...this.#limits.map(({ ms }) => ms));
    this.#sent = this.#sent.filter((time) => time > now - longest);
    for (const { count, ms } of this.#limits) {
      const before = this.#sent.at(-count);
      if (before === undefined || before <= now - ms) continue;
      const found = `not sent yet: ${count} in ${ms / 1000} s is what may be sent`;
      return {
        status: 'retry',
        reason: 'rate_limited',
        afterMs: Math.ceil(before + ms - now),
        problem: problem(found),
      };
    }
    this.#sent.push(now);
    return undefined;
  }
}
