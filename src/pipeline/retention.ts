/**
 * Retention by age, in steps so small that a commit never waits long for one: they share the writer's thread.
 */
import type { ExpireOptions, History } from '../component/history.ts';
import { messageOf } from '../core/errors.ts';
import type { Logger } from '../telemetry/log.ts';
import type { Metrics } from '../telemetry/metrics.ts';

/** Revisions deleted in one step: a few milliseconds' work. */
const STEP = 500;
/** Between two steps while there is more to delete, so that commits come between them. */
const BUSY_DELAY_MS = 20;
const IDLE_DELAY_MS = 10_000;
/** How far the wall clock may get ahead of the time that has passed before what it says is not acted upon. */
const CLOCK_TOLERANCE_MS = 60 * 60_000;

export interface RetentionOptions {
  readonly history: Pick<History, 'expire'>;
  /** How long revisions are kept, in milliseconds after they were last seen. */
  readonly ageMs: number;
  /** For whom what is older is kept all the same, and how much of it: asked each time, since sinks come and go. */
  readonly hold?: () => NonNullable<ExpireOptions['hold']>;
  readonly logger: Logger;
  readonly metrics: Metrics;
  readonly now?: () => number;
  /** Milliseconds that never jump, as performance.now. */
  readonly elapsed?: () => number;
}

/**
 * Starts deleting what is older than the age. The function it returns stops it. A wall clock that jumps ahead while this
 * runs does not make everything old: what was deleted does not come back when the clock does.
 */
export function startRetention(options: RetentionOptions): () => void {
  const { history, ageMs, hold, logger, metrics, now = Date.now, elapsed = () => performance.now() } = options;
  const offset = now() - elapsed();
  const trusted = (): number => Math.min(now(), offset + elapsed() + CLOCK_TOLERANCE_MS);
  let timer: NodeJS.Timeout | undefined;
  let stopped = false;
  const step = async () => {
    let deleted = 0;
    try {
      deleted = await history.expire({ before: trusted() - ageMs, limit: STEP, ...(hold && { hold: hold() }) });
      metrics.expiredRevisions.inc(deleted);
    } catch (error) {
      logger.error({ error: messageOf(error) }, 'cannot delete expired events; trying again');
    }
    if (!stopped) timer = setTimeout(() => void step(), deleted < STEP ? IDLE_DELAY_MS : BUSY_DELAY_MS);
  };
  timer = setTimeout(() => void step(), 0);
  return () => {
    stopped = true;
    clearTimeout(timer);
  };
}
