/**
 * Exponential back-off with full jitter: each delay is drawn evenly between 0 and a ceiling that doubles up to a cap, so
 * that clients which failed together do not come back together.
 * https://aws.amazon.com/blogs/architecture/exponential-backoff-and-jitter/
 */
import { sleep } from './sleep.ts';

export interface BackoffOptions {
  /** The first ceiling. */
  readonly baseMs: number;
  /** What the ceiling grows to. */
  readonly capMs: number;
  /** Between 0 and 1, as Math.random. */
  readonly random?: () => number;
}

export interface Backoff {
  /** The delay before the next attempt; its ceiling doubles with each call. */
  nextMs(): number;
  /** Sleeps for `nextMs()`, or until the signal is aborted; never rejects. */
  wait(signal?: AbortSignal): Promise<void>;
  /** Begins with the first ceiling again. */
  reset(): void;
}

export function backoff({ baseMs, capMs, random = Math.random }: BackoffOptions): Backoff {
  let ceilingMs = baseMs;
  const nextMs = (): number => {
    const delayMs = random() * ceilingMs;
    ceilingMs = Math.min(capMs, ceilingMs * 2);
    return delayMs;
  };
  return {
    nextMs,
    wait: (signal) => sleep(nextMs(), signal),
    reset() {
      ceilingMs = baseMs;
    },
  };
}
