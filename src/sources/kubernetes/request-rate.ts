/**
 * So many requests a second, and so many at once after a quiet time. A request that would have to wait too long is not
 * made at all.
 */
export class RequestRate {
  readonly #intervalMs: number;
  readonly #burstMs: number;
  readonly #now: () => number;
  /** When a request may be made that leaves nothing of the burst. */
  #next = Number.NEGATIVE_INFINITY;

  constructor({
    perSecond,
    burst,
    now,
  }: { readonly perSecond: number; readonly burst: number; readonly now: () => number }) {
    this.#intervalMs = 1000 / perSecond;
    this.#burstMs = (burst - 1) * this.#intervalMs;
    this.#now = now;
  }

  /** How long to wait before the request, in milliseconds; undefined when that is more than `maxMs`. */
  take(maxMs: number): number | undefined {
    const now = this.#now();
    const next = Math.max(this.#next, now - this.#burstMs);
    const waitMs = Math.max(0, next - now);
    if (waitMs > maxMs) return undefined;
    this.#next = next + this.#intervalMs;
    return waitMs;
  }
}
