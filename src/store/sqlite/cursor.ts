/** A cursor names the log and the last record before it: `1-<log id>-<seq>`. */
import type { Cursor } from '../../component/log.ts';
import { AppError } from '../../core/errors.ts';

const VERSION = 1;

export function toCursor(logId: string, seq: number): Cursor {
  return `${VERSION}-${logId}-${seq}`;
}

export interface LogBounds {
  readonly logId: string;
  /** Of the newest record ever committed. */
  readonly lastSeq: number;
  /** Cursors before this one are refused. */
  readonly truncatedSeq: number;
}

/** Throws CURSOR_INVALID for a cursor of another log, and for one before what the log still holds. */
export function seqOf(cursor: Cursor, { logId, lastSeq, truncatedSeq }: LogBounds): number {
  const match = /^(\d+)-([^-]*)-(\d{1,15})$/.exec(cursor);
  const seq = Number(match?.[3]);
  if (!match || match[1] !== String(VERSION) || match[2] !== logId || seq > lastSeq) {
    throw new AppError(
      'CURSOR_INVALID',
      `read the log: found cursor ${JSON.stringify(cursor)}, want one that this log gave`,
    );
  }
  if (seq < truncatedSeq) {
    const first = toCursor(logId, truncatedSeq);
    throw new AppError(
      'CURSOR_INVALID',
      `read the log: found cursor ${cursor}, which lies before what the log holds, want ${first} or later`,
    );
  }
  return seq;
}
