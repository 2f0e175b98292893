/**
 * Brings the index of words up to date after a start, and for what was stored before there was one, in steps so small that
 * a commit never waits long for one: they share the writer's thread.
 */
import type { History } from '../component/history.ts';
import { messageOf } from '../core/errors.ts';
import type { Logger } from '../telemetry/log.ts';

/** Revisions of one step: some 20 ms' work. */
const STEP = 1_000;
/** Between two steps, so that it takes a third of the thread. */
const BUSY_DELAY_MS = 40;
const IDLE_DELAY_MS = 10_000;

export interface WordIndexingOptions {
  readonly history: Pick<History, 'index'>;
  readonly logger: Logger;
}

/** The function it returns stops it. */
export function startWordIndexing({ history, logger }: WordIndexingOptions): () => void {
  let timer: NodeJS.Timeout | undefined;
  let stopped = false;
  const step = async () => {
    let left = 0;
    try {
      left = await history.index({ limit: STEP });
    } catch (error) {
      logger.error({ error: messageOf(error) }, 'cannot index words; trying again');
    }
    if (!stopped) timer = setTimeout(() => void step(), left > 0 ? BUSY_DELAY_MS : IDLE_DELAY_MS);
  };
  timer = setTimeout(() => void step(), 0);
  return () => {
    stopped = true;
    clearTimeout(timer);
  };
}
