import type { Cursor, Log } from './log.ts';

/**
 * Where a sink begins that was never here before: with what happens from now on; with the oldest record of the log; with
 * the first that was received within so many milliseconds, or since an instant, in milliseconds.
 */
export type SinkStart =
  | { readonly kind: 'now' }
  | { readonly kind: 'beginning' }
  | { readonly kind: 'ago'; readonly ms: number }
  | { readonly kind: 'time'; readonly time: number };

export async function startCursor(
  start: SinkStart,
  log: Pick<Log, 'beginning' | 'end' | 'at'>,
  now: number,
): Promise<Cursor> {
  switch (start.kind) {
    case 'now':
      return log.end();
    case 'beginning':
      return log.beginning();
    case 'ago':
      return log.at(now - start.ms);
    case 'time':
      return log.at(start.time);
  }
}
