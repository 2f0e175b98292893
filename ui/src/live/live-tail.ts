/** Events as they are stored: a stream that goes on where it broke off, and rows that wait while somebody reads. */
import { ApiProblem, type StreamedEvent } from '../../../src/api/json/client.ts';
import type { EventRow } from '../api/questions.ts';

export interface LiveState {
  /** Refused: asked again it would be refused again, so it is not. */
  readonly status: 'off' | 'connecting' | 'on' | 'lost' | 'refused';
  /** Why it is refused. */
  readonly problem: ApiProblem | undefined;
  readonly isPaused: boolean;
  /** The newest first. */
  readonly rows: readonly EventRow[];
  /** Rows that wait, those that are no longer kept included. */
  readonly held: number;
  /** What was stored between them was not received. */
  readonly gap: { readonly from: number; readonly to: number } | undefined;
}

/** Whether anything comes, or will. */
export function isAsked({ status }: Pick<LiveState, 'status'>): boolean {
  return status !== 'off' && status !== 'refused';
}

export interface LiveSource<P> {
  stream(
    parameters: P & { readonly cursor?: string },
    call: { readonly signal: AbortSignal },
  ): AsyncIterable<StreamedEvent>;
}

export interface LiveOptions {
  readonly wait?: (ms: number, signal: AbortSignal) => Promise<void>;
  readonly now?: () => number;
}

/** What is kept of a tail that nobody looks at. */
const MOST_ROWS = 5_000;
const RETRIES_MS = [1_000, 2_000, 5_000, 10_000];
const OFF: LiveState = { status: 'off', problem: undefined, isPaused: false, rows: [], held: 0, gap: undefined };

/** One stream at a time. What it knows is a new object whenever it changes. */
export class LiveTail<P extends object> {
  readonly #source: LiveSource<P>;
  readonly #wait: (ms: number, signal: AbortSignal) => Promise<void>;
  readonly #now: () => number;
  readonly #listeners = new Set<() => void>();
  #state = OFF;
  #waiting: readonly EventRow[] = [];
  #ending = new AbortController();
  /** When anything was last heard, or asked for the first time. */
  #heardAt = 0;

  constructor(source: LiveSource<P>, { wait = waitFor, now = Date.now }: LiveOptions = {}) {
    this.#source = source;
    this.#wait = wait;
    this.#now = now;
  }

  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };

  readonly state = (): LiveState => this.#state;

  /** Instead of what was followed before. Resolves when it is stopped, or refused. */
  async start(parameters: P): Promise<void> {
    this.stop();
    const { signal } = this.#ending;
    this.#heardAt = this.#now();
    this.#change({ status: 'connecting' });
    let cursor: string | undefined;
    let failures = 0;
    while (!signal.aborted) {
      try {
        for await (const heard of this.#source.stream(
          { ...parameters, ...(cursor !== undefined && { cursor }) },
          { signal },
        )) {
          if (signal.aborted) return;
          cursor = heard.id;
          failures = 0;
          this.#hear(heard);
        }
      } catch (error) {
        if (!signal.aborted && isRefusal(error)) {
          this.#change({ status: 'refused', problem: error });
          return;
        }
        // A connection that breaks is no news: that it is lost is shown until there is another one.
      }
      if (signal.aborted) return;
      this.#change({ status: 'lost' });
      await this.#wait(RETRIES_MS[Math.min(failures++, RETRIES_MS.length - 1)] ?? 0, signal);
    }
  }

  /** Forgets what it has. */
  stop(): void {
    this.#ending.abort();
    this.#ending = new AbortController();
    this.#waiting = [];
    this.#state = OFF;
    this.#tell();
  }

  pause(): void {
    if (isAsked(this.#state) && !this.#state.isPaused) this.#change({ isPaused: true });
  }

  /** With what has come meanwhile. */
  resume(): void {
    if (!this.#state.isPaused) return;
    const rows = newest(this.#waiting, this.#state.rows);
    this.#waiting = [];
    this.#change({ isPaused: false, rows, held: 0 });
  }

  /** What was not received has been loaded. */
  closeGap(): void {
    this.#change({ gap: undefined });
  }

  #hear({ event, data }: StreamedEvent): void {
    const from = this.#heardAt;
    this.#heardAt = this.#now();
    const on = this.#state.status === 'on' ? {} : ({ status: 'on' } as const);
    if (event === 'gap') this.#change({ ...on, gap: { from: this.#state.gap?.from ?? from, to: this.#heardAt } });
    else if (event === 'rows') this.#add((data as readonly EventRow[]).toReversed(), on);
    else if ('status' in on) this.#change(on);
  }

  #add(rows: readonly EventRow[], on: Partial<LiveState>): void {
    if (!this.#state.isPaused) {
      this.#change({ ...on, rows: newest(rows, this.#state.rows) });
      return;
    }
    this.#waiting = newest(rows, this.#waiting);
    this.#change({ ...on, held: this.#state.held + rows.length });
  }

  #change(change: Partial<LiveState>): void {
    this.#state = { ...this.#state, ...change };
    this.#tell();
  }

  #tell(): void {
    for (const listener of this.#listeners) listener();
  }
}

/** Who asks too often may ask later. */
function isRefusal(error: unknown): error is ApiProblem {
  return error instanceof ApiProblem && error.details.status < 500 && error.details.status !== 429;
}

function newest(rows: readonly EventRow[], before: readonly EventRow[]): readonly EventRow[] {
  return [...rows, ...before].slice(0, MOST_ROWS);
}

function waitFor(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const end = () => {
      clearTimeout(timer);
      signal.removeEventListener('abort', end);
      resolve();
    };
    const timer = setTimeout(end, ms);
    signal.addEventListener('abort', end);
  });
}
