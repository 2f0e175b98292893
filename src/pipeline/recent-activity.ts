import type { SinkActivity } from '../component/delivery-admin.ts';
import type { Failure } from '../component/sink.ts';

const MINUTE_MS = 60_000;
const MINUTES = 60;
const FAILURES = 20;

interface Repeated extends Failure {
  since: number;
  at: number;
  times: number;
}

/** What one sink did lately, within bounds: nothing of it is stored. */
export class RecentActivity {
  readonly #now: () => number;
  readonly #firstMinute: number;
  /** By minute since the epoch. */
  readonly #delivered = new Map<number, number>();
  readonly #failures: Repeated[] = [];

  constructor(now: () => number = Date.now) {
    this.#now = now;
    this.#firstMinute = Math.floor(now() / MINUTE_MS);
  }

  delivered(): void {
    const minute = Math.floor(this.#now() / MINUTE_MS);
    const known = this.#delivered.get(minute);
    this.#delivered.set(minute, (known ?? 0) + 1);
    if (known !== undefined) return;
    for (const each of this.#delivered.keys()) if (each <= minute - MINUTES) this.#delivered.delete(each);
  }

  failed({ reason, problem }: Failure): void {
    const at = this.#now();
    const last = this.#failures[0];
    if (last?.problem === problem && last.reason === reason) {
      last.at = at;
      last.times++;
      return;
    }
    this.#failures.unshift({ reason, problem, since: at, at, times: 1 });
    this.#failures.splice(FAILURES);
  }

  activity(): SinkActivity {
    const last = Math.floor(this.#now() / MINUTE_MS);
    const first = Math.max(this.#firstMinute, last - MINUTES + 1);
    const counts = Array.from({ length: last - first + 1 }, (_, index) => this.#delivered.get(first + index) ?? 0);
    return {
      delivered: { start: first * MINUTE_MS, counts },
      failures: this.#failures.map((failure) => ({ ...failure })),
    };
  }
}
