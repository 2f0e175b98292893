import type { ScopeStatus } from '../../component/source.ts';
import type { Scope } from '../../core/record.ts';
import type { Logger } from '../../telemetry/log.ts';
import { type Backoff, backoff } from '../../util/backoff.ts';
import { type ScopeFailure, scopeFailure, type Verb } from './scope-failure.ts';
import type { WatchTimings } from './watch-timings.ts';

export interface ScopeHealthOptions {
  readonly cluster: string;
  readonly scope: Scope;
  readonly logger: Logger;
  readonly timings: WatchTimings;
  readonly now: () => number;
  readonly random: () => number;
}

/** What one scope's observer is doing, what keeps it from observing, and how long it waits before it tries again. */
export class ScopeHealth {
  /** The pauses between attempts; to be reset whenever one has brought something. */
  readonly backoff: Backoff;
  readonly #options: ScopeHealthOptions;
  #verb: Verb = 'list';
  #state: ScopeStatus['state'] = 'connecting';
  #problem: string | undefined;
  #lastContact: number | undefined;
  /** What watches brought last was an error and nothing else. */
  #isDoubtful = false;

  constructor(options: ScopeHealthOptions) {
    this.#options = options;
    this.backoff = backoff({ ...options.timings.backoff, random: options.random });
  }

  get status(): ScopeStatus {
    return {
      cluster: this.#options.cluster,
      scope: this.#options.scope,
      state: this.#state,
      ...(this.#lastContact !== undefined && { lastContact: this.#lastContact }),
      ...(this.#problem !== undefined && { problem: this.#problem }),
    };
  }

  /** Says what is tried now: a failure is one of it. */
  attempts(verb: Verb): void {
    this.#verb = verb;
  }

  /**
   * There is contact: a frame, or an answer while a watch is open. A server that answers lists and refuses every watch is
   * not being watched.
   */
  heard(): void {
    if (this.#state !== 'watching') return;
    this.#lastContact = this.#options.now();
    this.#isDoubtful = false;
  }

  /** A watch brought nothing but an error: that the next one is opened is no contact, since it may do the same. */
  erred(): void {
    this.#isDoubtful = true;
  }

  /** What was tried works: whatever was the problem is over. */
  works(state: 'listing' | 'watching'): void {
    if (this.#problem !== undefined) this.#options.logger.info({ after: this.#problem }, `${state} again`);
    this.#state = state;
    this.#problem = undefined;
    if (!this.#isDoubtful) this.heard();
  }

  /** Takes note of what failed, and says what it means and after how many milliseconds to try again. */
  failed(error: unknown): ScopeFailure & { readonly delayMs: number } {
    const { logger, scope } = this.#options;
    const failure = scopeFailure(error, this.#verb, scope);
    const { kind, problem, retryAfterMs } = failure;
    if (kind === 'refused' || kind === 'unreachable') {
      const isKnown = this.#problem === problem;
      this.#state = kind;
      this.#problem = problem;
      logger[isKnown ? 'debug' : 'warn']({ problem }, kind);
    } else logger.info({ problem }, kind === 'expired' ? 'the position has expired' : 'the watch is damaged');
    return { ...failure, delayMs: this.#delayMs(retryAfterMs) };
  }

  #delayMs(retryAfterMs: number | undefined): number {
    const { timings, random } = this.#options;
    const delayMs = this.backoff.nextMs();
    if (retryAfterMs === undefined) return delayMs;
    // A little later than asked for, so that all who were told the same do not come back at once; and not sooner than
    // without being asked, for who says 0 every time.
    const askedMs = Math.min(timings.maxRetryAfterMs, retryAfterMs) + random() * timings.backoff.baseMs;
    return Math.max(delayMs, askedMs);
  }
}
