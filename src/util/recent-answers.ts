import { LruMap } from './lru-map.ts';

export interface RecentAnswersOptions {
  /** How many are kept. */
  readonly capacity: number;
  /** For how long one holds, from when it was asked for. */
  readonly validMs: number;
  /** In milliseconds, of a clock that nobody sets. */
  readonly now?: () => number;
}

export interface RecentAnswer<T> {
  readonly value: T;
  /** For how long it still holds. */
  readonly validMs: number;
}

interface Asked<T> {
  readonly at: number;
  readonly answer: Promise<T>;
}

/** Answers that are good for a while. Equal questions at the same time are asked once; what failed is asked again. */
export class RecentAnswers<T> {
  readonly #asked: LruMap<string, Asked<T>>;
  readonly #validMs: number;
  readonly #now: () => number;

  constructor({ capacity, validMs, now = () => performance.now() }: RecentAnswersOptions) {
    this.#asked = new LruMap(capacity);
    this.#validMs = validMs;
    this.#now = now;
  }

  /** Rejects as `ask` does. */
  async get(key: string, ask: () => Promise<T>): Promise<RecentAnswer<T>> {
    let asked = this.#asked.get(key);
    if (!asked || this.#leftOf(asked) <= 0) {
      asked = { at: this.#now(), answer: ask() };
      this.#asked.set(key, asked);
    }
    try {
      const value = await asked.answer;
      return { value, validMs: Math.max(0, this.#leftOf(asked)) };
    } catch (error) {
      if (this.#asked.get(key) === asked) this.#asked.delete(key);
      throw error;
    }
  }

  #leftOf({ at }: Asked<T>): number {
    return at + this.#validMs - this.#now();
  }
}
