/**
 * What one caller may take of the server, so that there is always something left for the others: so many watches, so many
 * reads at a time, and of the thread one batch of rows in turn with everybody else who reads.
 */
import { StatusError, TOO_MANY_REQUESTS } from './status-error.ts';

export interface FairUseLimits {
  /** Open at a time. A watch takes some tens of kilobytes. */
  readonly watches: { readonly perCaller: number; readonly total: number };
  /** Running at a time. A read holds a page of a list, some megabytes. */
  readonly reads: { readonly perCaller: number; readonly total: number };
  /** Reads of one caller that may wait for others to end, and for how long. */
  readonly waiting: { readonly perCaller: number; readonly ms: number };
  /**
   * A page of a list is held in memory: its metadata, which tells where the next one begins, precedes its items. It ends
   * after so many items, or so many events that were looked at where selectors match few of them. Clients go on by the
   * token alone: a page may have fewer items than its limit, and none.
   * https://kubernetes.io/docs/reference/using-api/api-concepts/#retrieving-large-results-sets-in-chunks
   */
  readonly page: { readonly items: number; readonly examined: number };
}

export const FAIR_USE: FairUseLimits = {
  watches: { perCaller: 2_000, total: 10_000 },
  reads: { perCaller: 8, total: 24 },
  waiting: { perCaller: 200, ms: 10_000 },
  page: { items: 1_000, examined: 20_000 },
};

interface Waiting {
  readonly caller: string;
  readonly begin: () => void;
}

export class FairUse {
  readonly #limits: FairUseLimits;
  readonly #watches = new Counts();
  readonly #reads = new Counts();
  readonly #queue = new Set<Waiting>();
  /** By caller, whose batch is next. */
  readonly #turns = new Map<string, (() => void)[]>();

  constructor(limits: FairUseLimits = FAIR_USE) {
    this.#limits = limits;
  }

  get page(): FairUseLimits['page'] {
    return this.#limits.page;
  }

  /** Counts a watch until what it returns is called. Throws {@link StatusError} 429. */
  watch(caller: string): () => void {
    if (!this.#watches.isBelow(caller, this.#limits.watches)) throw tooMany();
    return this.#watches.add(caller);
  }

  /**
   * Resolves when a read may begin, with what to call when it has ended. Rejects with {@link StatusError} 429 when it
   * would have to wait for too long, or when the signal is aborted.
   */
  async read(caller: string, signal: AbortSignal): Promise<() => void> {
    return this.#reads.isBelow(caller, this.#limits.reads) ? this.#begin(caller) : this.#wait(caller, signal);
  }

  /** Resolves when the caller's next batch may be read: one of each caller in turn. */
  turn(caller: string): Promise<void> {
    return new Promise((resolve) => {
      if (this.#turns.size === 0) setImmediate(() => this.#giveTurn());
      const waiting = this.#turns.get(caller);
      if (waiting) waiting.push(resolve);
      else this.#turns.set(caller, [resolve]);
    });
  }

  #giveTurn(): void {
    const [first] = this.#turns;
    if (!first) return;
    const [caller, [next, ...rest]] = first;
    // Last among all others now.
    this.#turns.delete(caller);
    if (rest.length > 0) this.#turns.set(caller, rest);
    next?.();
    if (this.#turns.size > 0) setImmediate(() => this.#giveTurn());
  }

  #begin(caller: string): () => void {
    const end = this.#reads.add(caller);
    return () => {
      end();
      this.#beginNext();
    };
  }

  #wait(caller: string, signal: AbortSignal): Promise<() => void> {
    const { perCaller, ms } = this.#limits.waiting;
    const before = [...this.#queue].filter((one) => one.caller === caller).length;
    if (before >= perCaller || signal.aborted) return Promise.reject(tooMany());
    return new Promise((resolve, reject) => {
      const giveUp = (): void => {
        end();
        reject(tooMany());
      };
      const timer = setTimeout(giveUp, ms);
      const waiting: Waiting = {
        caller,
        begin: () => {
          end();
          resolve(this.#begin(caller));
        },
      };
      const end = (): void => {
        clearTimeout(timer);
        signal.removeEventListener('abort', giveUp);
        this.#queue.delete(waiting);
      };
      signal.addEventListener('abort', giveUp, { once: true });
      this.#queue.add(waiting);
    });
  }

  /** Whoever has the fewest running; of those the one that has waited for longest. */
  #beginNext(): void {
    const ready = [...this.#queue].filter(({ caller }) => this.#reads.isBelow(caller, this.#limits.reads));
    const fewest = Math.min(...ready.map(({ caller }) => this.#reads.of(caller)));
    ready.find(({ caller }) => this.#reads.of(caller) === fewest)?.begin();
  }
}

class Counts {
  readonly #byCaller = new Map<string, number>();
  #total = 0;

  of(caller: string): number {
    return this.#byCaller.get(caller) ?? 0;
  }

  isBelow(caller: string, { perCaller, total }: { readonly perCaller: number; readonly total: number }): boolean {
    return this.of(caller) < perCaller && this.#total < total;
  }

  /** Returns how to take it back. */
  add(caller: string): () => void {
    this.#total++;
    this.#byCaller.set(caller, this.of(caller) + 1);
    return () => {
      this.#total--;
      const left = this.of(caller) - 1;
      if (left > 0) this.#byCaller.set(caller, left);
      else this.#byCaller.delete(caller);
    };
  }
}

function tooMany(): StatusError {
  return new StatusError(TOO_MANY_REQUESTS, { 'Retry-After': '1' });
}
