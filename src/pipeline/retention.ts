/**
 * Retention by age and size, in steps so small that a commit never waits long for one: they share the writer's thread.
 */
import type { History, Hold } from '../component/history.ts';
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

/** How long what is stored stays. Without age and size it stays for ever. */
export interface Retention {
  /** In milliseconds after revisions were last seen. */
  readonly ageMs?: number;
  /** How many bytes the store may use. */
  readonly size?: number;
}

export interface RetentionOptions extends Retention {
  readonly history: Pick<History, 'expire'>;
  /** For whom more is kept, and how much of it: asked each time, since sinks come and go. */
  readonly hold?: () => Hold;
  readonly logger: Logger;
  readonly metrics: Metrics;
  readonly now?: () => number;
  /** Milliseconds that never jump, as performance.now. */
  readonly elapsed?: () => number;
}

/**
 * Starts deleting what is older than the age, and the oldest beyond the size. The function it returns stops it. A wall clock that jumps ahead while this
 * runs does not make everything old: what was deleted does not come back when the clock does.
 */
export function startRetention(options: RetentionOptions): () => void {
  const { history, ageMs, size, hold, logger, metrics, now = Date.now, elapsed = () => performance.now() } = options;
  const offset = now() - elapsed();
  const trusted = (): number => Math.min(now(), offset + elapsed() + CLOCK_TOLERANCE_MS);
  let timer: NodeJS.Timeout | undefined;
  let stopped = false;
  const step = async () => {
    let deleted = 0;
    try {
      deleted = await history.expire({
        ...(ageMs !== undefined && { before: trusted() - ageMs }),
        ...(size !== undefined && { size }),
        limit: STEP,
        ...(hold && { hold: hold() }),
      });
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
