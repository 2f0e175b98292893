/**
 * Applies a configuration that changed while the program runs: when it is told to, and when a file that it was read from
 * holds something else. One that cannot be used is refused as a whole, and the one before stays in force.
 */
import { AppError, messageOf } from '../core/errors.ts';
import type { Logger } from '../telemetry/log.ts';
import { Turns } from '../util/turns.ts';
import { type ConfigChange, configChange, settingsToRestartFor } from './config-change.ts';
import type { ConfigSource } from './config-source.ts';
import type { RunConfig } from './run.ts';
import type { LoadedRunConfig } from './run-config.ts';

/** Contents are what they were at one look before they count: an editor may be in the middle of writing. */
const LOOK_INTERVAL_MS = 2_000;

export interface ConfigReloadOptions {
  readonly source: ConfigSource;
  /** What the configuration was made of that the program started with. */
  readonly started: LoadedRunConfig['data'];
  /** Rejects when not all of it could be applied. */
  readonly apply: (config: RunConfig, change: ConfigChange) => Promise<void>;
  /** Told of every attempt, once it is over. */
  readonly onReload: (isSuccessful: boolean) => void;
  readonly logger: Logger;
  readonly intervalMs?: number;
}

export class ConfigReload {
  readonly #options: ConfigReloadOptions;
  readonly #turns = new Turns();
  readonly #timer: NodeJS.Timeout | undefined;
  #inForce: LoadedRunConfig['data'];
  /** The change that was seen at the last look. */
  #change: string | undefined;
  /** It could be used, but the store could not: tried again at the next look. */
  #isUnfinished = false;

  constructor(options: ConfigReloadOptions) {
    this.#options = options;
    this.#inForce = options.started;
    const { source, intervalMs = LOOK_INTERVAL_MS } = options;
    if (source.hasFiles) this.#timer = setInterval(() => void this.#turns.take(() => this.#look()), intervalMs);
  }

  /** Reads the configuration and applies it. Never rejects: what is wrong is logged, and counted. */
  reload(): Promise<void> {
    return this.#turns.take(() => this.#reload());
  }

  async close(): Promise<void> {
    clearInterval(this.#timer);
    await this.#turns.take(async () => {});
  }

  async #look(): Promise<void> {
    const before = this.#change;
    this.#change = await this.#options.source.change();
    const hasSettled = this.#change !== undefined && this.#change === before;
    if (hasSettled || this.#isUnfinished) await this.#reload();
  }

  async #reload(): Promise<void> {
    const { source, started, apply, logger, onReload } = this.#options;
    this.#change = undefined;
    this.#isUnfinished = false;
    try {
      const { config, data } = await source.load();
      const change = configChange(this.#inForce, data);
      await apply(config, change);
      this.#inForce = data;
      this.#report(change, settingsToRestartFor(started, data));
      onReload(true);
    } catch (error) {
      this.#isUnfinished = !(error instanceof AppError) || error.code.startsWith('STORE_');
      if (this.#isUnfinished) logger.error({ error: messageOf(error) }, 'cannot apply the configuration; trying again');
      else
        logger.error(
          { problems: messageOf(error).split('\n') },
          'the configuration was refused; nothing of it applies',
        );
      onReload(false);
    }
  }

  #report({ added, changed, removed, routes }: ConfigChange, restart: readonly string[]): void {
    const { logger } = this.#options;
    logger.info({ sinks: { added, changed, removed }, routes }, 'the configuration was read again and applies');
    for (const sink of removed) {
      logger.info(
        { sink },
        'the sink was removed; its position and dead letters stay: one of that name goes on from there, `sinks seek` moves it, `dead-letters drop` forgets them',
      );
    }
    if (restart.length > 0) logger.warn({ settings: restart }, 'these settings changed and apply after a restart only');
  }
}
