/** Where a page of events ends: `1-<log id>-<snapshot>-<time>-<epoch>-<resourceVersion>-<seq>`. */
import { AppError } from '../../core/errors.ts';
import type { LogBounds } from './cursor.ts';
import type { RevisionPlace } from './revision-place.ts';

const VERSION = 1;

export interface PageCursor {
  /** The seq of the newest revision when the first page was read. */
  readonly snapshot: number;
  readonly place: RevisionPlace;
}

export function printPageCursor({ logId, snapshot, place }: PageCursor & Pick<LogBounds, 'logId'>): string {
  return [VERSION, logId, snapshot, ...place].join('-');
}

/** Throws CURSOR_INVALID for one of another store. */
export function parsePageCursor(cursor: string, { logId, lastSeq }: Pick<LogBounds, 'logId' | 'lastSeq'>): PageCursor {
  const match = /^1-([^-]*)-(\d{1,15})-(-?\d{1,16})-(\d{1,15})-(\d{1,16})-(\d{1,15})$/.exec(cursor);
  const [snapshot = 0, time = 0, epoch = 0, resourceVersion = 0, seq = 0] = match?.slice(2).map(Number) ?? [];
  if (match?.[1] !== logId || snapshot > lastSeq) {
    throw new AppError(
      'CURSOR_INVALID',
      `read a page of events: found cursor ${JSON.stringify(cursor)}, want one that this store gave`,
    );
  }
  return { snapshot, place: [time, epoch, resourceVersion, seq] };
}
