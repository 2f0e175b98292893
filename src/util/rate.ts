const WINDOW_MS = 60_000;
const BUCKET_MS = 5_000;

/** How often something happened in the last minute, a second. */
export class Rate {
  readonly #now: () => number;
  readonly #buckets: { readonly start: number; count: number }[] = [];
  readonly #since: number;

  constructor(now: () => number = Date.now) {
    this.#now = now;
    this.#since = now();
  }

  add(count: number): void {
    const start = Math.floor(this.#now() / BUCKET_MS) * BUCKET_MS;
    const last = this.#buckets.at(-1);
    if (last?.start === start) last.count += count;
    else this.#buckets.push({ start, count });
    this.#forget();
  }

  perSecond(): number {
    this.#forget();
    const spanMs = Math.min(WINDOW_MS, Math.max(BUCKET_MS, this.#now() - this.#since));
    return (this.#buckets.reduce((sum, { count }) => sum + count, 0) * 1000) / spanMs;
  }

  #forget(): void {
    const oldest = this.#now() - WINDOW_MS;
    while ((this.#buckets[0]?.start ?? Number.POSITIVE_INFINITY) < oldest) this.#buckets.shift();
  }
}
