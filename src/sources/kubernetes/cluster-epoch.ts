/** The epoch of one cluster, shared by its scopes: when one of them finds that the cluster was rewound, all list anew. */
export class ClusterEpoch {
  readonly #begin: (current: number, signal: AbortSignal) => Promise<number>;
  #current = 1;
  #next: Promise<void> | undefined;
  #over = new AbortController();

  /** `begin` resolves with the number of the epoch that follows the given one. */
  constructor(begin: (current: number, signal: AbortSignal) => Promise<number>) {
    this.#begin = begin;
  }

  get current(): number {
    return this.#current;
  }

  /** Aborted when the current epoch is over. */
  get signal(): AbortSignal {
    return this.#over.signal;
  }

  /** As the log remembers it. */
  resume(epoch: number): void {
    this.#current = epoch;
  }

  /** Ends the epoch in which the caller found the rewind, unless another scope was faster. Rejects as `begin` does. */
  async rewind(found: number, signal: AbortSignal): Promise<void> {
    if (this.#current !== found) return;
    this.#next ??= this.#advance(signal).finally(() => {
      this.#next = undefined;
    });
    await this.#next;
  }

  async #advance(signal: AbortSignal): Promise<void> {
    this.#current = await this.#begin(this.#current, signal);
    const over = this.#over;
    this.#over = new AbortController();
    over.abort(new Error('another epoch of the cluster has begun'));
  }
}
