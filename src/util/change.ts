/** Something that happens again and again, for those who wait for it to happen next; `T` is what is told of it. */
export class Change<T = undefined> {
  #count = 0;
  #last: T | undefined;
  /** Absent while nobody waits: most things happen more often than somebody waits for them. */
  #next: PromiseWithResolvers<void> | undefined;

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
    this.#next?.resolve();
    this.#next = undefined;
  }

  /**
   * Resolves once it has happened more often than `count`, at once if it has already, or when the signal is aborted;
   * never rejects. Who reads `count` before looking at what changes misses nothing.
   */
  async wait(count: number, signal: AbortSignal): Promise<void> {
    if (signal.aborted || this.#count !== count) return;
    this.#next ??= Promise.withResolvers();
    const { promise, resolve } = Promise.withResolvers<void>();
    const abort = (): void => resolve();
    signal.addEventListener('abort', abort, { once: true });
    await Promise.race([this.#next.promise, promise]);
    signal.removeEventListener('abort', abort);
  }
}
