/**
 * Keeps the position of an idle scope young.
 *
 * Events bypass the API server's watch cache, so bookmarks cannot be relied on, and the position of a scope in which
 * nothing happens would be compacted away within minutes. A list of one event tells the cluster's resourceVersion R. That
 * alone does not say that everything up to R was delivered: a frame below R may still be on its way, and a connection that
 * is half-open delivers nothing, which looks like silence. So R counts only when two things follow on the *same watch*:
 * at least one more interval without a single byte, and then a clean end of the watch, which a dead connection cannot have.
 * Until then the position stays where the last frame put it.
 */
import { messageOf } from '../../core/errors.ts';
import type { Logger } from '../../telemetry/log.ts';
import { sleep } from '../../util/sleep.ts';
import type { Snapshot } from './list-collection.ts';

export interface IdleRefreshOptions {
  readonly intervalMs: number;
  readonly refresh: () => Promise<Snapshot>;
  readonly logger: Logger;
}

export class IdleRefresh {
  readonly #options: IdleRefreshOptions;
  #quietSince = performance.now();
  /** The last refresh, which arrived at `#quietSince`. */
  #candidate: Snapshot | undefined;
  /** The last refresh that an interval of silence has followed. */
  #ripe: Snapshot | undefined;

  constructor(options: IdleRefreshOptions) {
    this.#options = options;
  }

  /** Something arrived on the watch: what was refreshed before is of no use. */
  touch(): void {
    this.#quietSince = performance.now();
    this.#candidate = undefined;
    this.#ripe = undefined;
  }

  /** Refreshes after each interval of silence until the signal is aborted; never rejects. */
  async run(signal: AbortSignal): Promise<void> {
    const { intervalMs, refresh, logger } = this.#options;
    while (!signal.aborted) {
      const waitMs = this.#quietSince + intervalMs - performance.now();
      if (waitMs > 0) {
        await sleep(waitMs, signal);
        continue;
      }
      this.#ripe = this.#candidate ?? this.#ripe;
      try {
        this.#candidate = await refresh();
      } catch (error) {
        // The watch itself may be well; when it is not, its end says so.
        this.#candidate = undefined;
        if (!signal.aborted) logger.debug({ error: messageOf(error) }, 'could not refresh the resourceVersion');
      }
      this.#quietSince = performance.now();
    }
  }

  /** What is certain now that the watch has ended cleanly. */
  confirmed(): Snapshot | undefined {
    const isQuiet = performance.now() - this.#quietSince >= this.#options.intervalMs;
    return isQuiet ? (this.#candidate ?? this.#ripe) : this.#ripe;
  }
}
