/** Something that happens again and again, for those who wait for it to happen next; `T` is what is told of it. */
export class Change<T = undefined> {
  #count = 0;
  #last: T | undefined;
  /** Those who wait. */
  readonly #waiting = new Set<() => void>();

  /** How often it has happened. */
  get count(): number {
    return this.#count;
  }

  /** What was told of it when it happened last. */
  get last(): T | undefined {
    return this.#last;
  }

  /** Wakes everyone who waits. */
  notify(last?: T): void {
    this.#count++;
    this.#last = last;
    for (const wake of this.#waiting) wake();
  }

  /**
   * Resolves once it has happened more often than `count`, at once if it has already, or when the signal is aborted;
   * never rejects. Who reads `count` before looking at what changes misses nothing.
   */
  wait(count: number, signal: AbortSignal): Promise<void> {
    if (signal.aborted || this.#count !== count) return Promise.resolve();
    return new Promise((resolve) => {
      const wake = (): void => {
        this.#waiting.delete(wake);
        signal.removeEventListener('abort', wake);
        resolve();
      };
      this.#waiting.add(wake);
      signal.addEventListener('abort', wake);
    });
  }
}
