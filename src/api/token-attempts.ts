/**
 * Whose bearer tokens are: an API server is asked about every new one, so who sends many that are nobody's is told to wait,
 * before it is asked.
 */
import { createHash } from 'node:crypto';
import type { UserInfo } from '../component/access-reviews.ts';
import { LruMap } from '../util/lru-map.ts';
import { StatusError, TOO_MANY_REQUESTS } from './status-error.ts';

/** New tokens of nobody that an address may send within the time. */
const ATTEMPTS = 20;
const WITHIN_MS = 10_000;
/** Of each kind; some hundred bytes each. */
const CAPACITY = 10_000;

interface Attempts {
  readonly since: number;
  count: number;
}

export class TokenAttempts {
  readonly #now: () => number;
  /** Tokens that were somebody's, or nobody's, when they were last asked about: neither is a new attempt. */
  readonly #known = new LruMap<string, true>(CAPACITY);
  /** One attempt for each new token, however many requests with it come before its answer. */
  readonly #pending = new Map<string, Promise<UserInfo | undefined>>();
  readonly #byAddress = new LruMap<string, Attempts>(CAPACITY);

  /** `now` in milliseconds, of a clock that nobody sets. */
  constructor(now: () => number = () => performance.now()) {
    this.#now = now;
  }

  /** As `ask` does, which keeps its answers for a while. Rejects with {@link StatusError} 429 without asking. */
  async userOf(
    { address, token }: { readonly address: string; readonly token: string },
    ask: () => Promise<UserInfo | undefined>,
  ): Promise<UserInfo | undefined> {
    const key = createHash('sha256').update(token).digest('base64url');
    if (this.#known.get(key)) return ask();
    const pending = this.#pending.get(key);
    if (pending) return pending;
    const attempts = this.#attemptsOf(address);
    if (attempts.count >= ATTEMPTS)
      throw new StatusError(TOO_MANY_REQUESTS, { 'Retry-After': String(WITHIN_MS / 1_000) });
    const attempt = this.#attempt(key, attempts, ask);
    this.#pending.set(key, attempt);
    try {
      return await attempt;
    } finally {
      this.#pending.delete(key);
    }
  }

  async #attempt(
    key: string,
    attempts: Attempts,
    ask: () => Promise<UserInfo | undefined>,
  ): Promise<UserInfo | undefined> {
    // Until it is known whose it is, so that many at a time are no way around it.
    attempts.count++;
    let isNobodys = false;
    try {
      const user = await ask();
      isNobodys = user === undefined;
      this.#known.set(key, true);
      return user;
    } finally {
      if (!isNobodys) attempts.count--;
    }
  }

  #attemptsOf(address: string): Attempts {
    const found = this.#byAddress.get(address);
    if (found && this.#now() - found.since < WITHIN_MS) return found;
    const begun = { since: this.#now(), count: 0 };
    this.#byAddress.set(address, begun);
    return begun;
  }
}
