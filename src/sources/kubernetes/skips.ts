import type { Break } from '../../core/coverage.ts';
import type { Logger } from '../../telemetry/log.ts';
import type { Oversized } from './held-bytes.ts';
import { parseHead } from './parse-event.ts';
import type { SourceMetrics } from './source-metrics.ts';

const LOG_EVERY_MS = 60_000;

/** Accounts for every frame and list item that cannot be stored: counted, sampled into the log, noted in coverage. */
export class Skips {
  readonly #logger: Logger;
  readonly #metrics: SourceMetrics;
  #loggedAt = Number.NEGATIVE_INFINITY;
  #unlogged = 0;

  constructor(logger: Logger, metrics: SourceMetrics) {
    this.#logger = logger;
    this.#metrics = metrics;
  }

  oversized({ size, head }: Oversized, now: number): Break {
    const { name = 'an event' } = parseHead(head);
    return this.#skip('oversized', `${name}: ${size} bytes`, now);
  }

  invalid(problem: string, now: number): Break {
    return this.#skip('invalid', problem, now);
  }

  #skip(cause: 'invalid' | 'oversized', detail: string, now: number): Break {
    this.#metrics.skipped(cause);
    if (now - this.#loggedAt >= LOG_EVERY_MS) {
      this.#logger.warn({ cause, detail, unlogged: this.#unlogged }, 'skipped an event that cannot be stored');
      this.#loggedAt = now;
      this.#unlogged = 0;
    } else this.#unlogged++;
    return { from: now, to: now, cause, healed: false, unknown: 'frame', detail };
  }
}
