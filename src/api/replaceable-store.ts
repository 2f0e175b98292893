export interface ReplaceableStoreOptions<T> {
  /** Opens what is there now; may throw. */
  readonly open: () => T;
  /** Throws when the file that was opened is not in its place any more. */
  readonly requireInPlace: (opened: T) => void;
  /** Ends what is answered from it, or waits for that, then closes it. */
  readonly close: (opened: T) => Promise<void>;
}

/** What is served over a store's file that another one may take the place of, as when a backup is restored. */
export class ReplaceableStore<T> {
  readonly #options: ReplaceableStoreOptions<T>;
  #current: { readonly opened: T } | undefined;
  /** The closing of those that were replaced. */
  #closing = Promise.resolve();

  constructor(options: ReplaceableStoreOptions<T>) {
    this.#options = options;
  }

  /** What is there now. Throws as `open` does; then what was there is kept, since it may come back. */
  current(): T {
    const former = this.#current;
    if (former && this.#isInPlace(former.opened)) return former.opened;
    const opened = this.#options.open();
    this.#current = { opened };
    if (former) this.#closing = this.#closing.then(() => this.#options.close(former.opened));
    return opened;
  }

  /** To be called when nobody is answered any more. */
  async close(): Promise<void> {
    await this.#closing;
    if (this.#current) await this.#options.close(this.#current.opened);
  }

  #isInPlace(opened: T): boolean {
    try {
      this.#options.requireInPlace(opened);
      return true;
    } catch {
      return false;
    }
  }
}
