/** Has the objects of everything that is collected looked up, whoever asks for them or not. */
import type { AppendedPage, Log } from '../component/log.ts';
import type { ObjectLookup } from '../component/object-lookup.ts';
import { messageOf } from '../core/errors.ts';
import { PAGE_RECORDS } from '../pipeline/shared-pages.ts';
import type { Logger } from '../telemetry/log.ts';
import type { Change } from '../util/change.ts';
import type { Closable } from './closable.ts';

export interface OwnerFollowingOptions {
  readonly log: Pick<Log, 'read' | 'at' | 'end'>;
  readonly appended: Change<AppendedPage>;
  readonly objects: Pick<ObjectLookup, 'lookUp'>;
  readonly logger: Pick<Logger, 'warn'>;
}

/** What an event was about so long ago is likely to be there still: a first list tells of all that is alive. */
const BEFORE_MS = 3_600_000;

/**
 * From what was collected in the last hour on, without a place in the log that anybody keeps for it: what it missed it
 * finds with a later event.
 */
export async function followOwners(options: OwnerFollowingOptions): Promise<Closable> {
  const stopping = new AbortController();
  const start = await options.log.at(Date.now() - BEFORE_MS);
  const following = follow(options, start, stopping.signal);
  return {
    async close() {
      stopping.abort();
      await following;
    },
  };
}

async function follow(
  { log, appended, objects, logger }: OwnerFollowingOptions,
  start: string,
  signal: AbortSignal,
): Promise<void> {
  let cursor = start;
  while (!signal.aborted) {
    const { count } = appended;
    try {
      const page = await log.read(cursor, { limit: PAGE_RECORDS });
      cursor = page.cursor;
      if (page.records.length === 0) await appended.wait(count, signal);
      else await objects.lookUp(page.records);
    } catch (error) {
      cursor = await log.end().catch(() => cursor);
      logger.warn({ problem: messageOf(error) }, 'cannot read whose owners to look up: goes on at the end of the log');
      await appended.wait(count, signal);
    }
  }
}
