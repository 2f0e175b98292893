/** What SQLite and the file system report, as the AppErrors an operator reads. */
import { statfsSync } from 'node:fs';
import { dirname } from 'node:path';
import { AppError, type ErrorCode, messageOf } from '../../core/errors.ts';

interface Kind {
  readonly code: ErrorCode;
  /** Completes "want …". */
  readonly wanted: string;
  readonly hint?: string;
}

const KINDS: readonly (Kind & { readonly codes: RegExp })[] = [
  {
    codes: /^(SQLITE_FULL|ENOSPC|EDQUOT|SQLITE_IOERR_SHMSIZE)$/,
    code: 'STORE_FULL',
    wanted: 'a volume with space left',
    hint: 'Free or add space; Tidings goes on by itself.',
  },
  {
    codes: /^SQLITE_(CORRUPT|NOTADB)/,
    code: 'STORE_DAMAGED',
    wanted: 'an undamaged Tidings store',
    hint: 'Move the file away and start anew, or restore a copy of it.',
  },
  {
    codes: /^(SQLITE_(READONLY|CANTOPEN|PERM|AUTH).*|EACCES|EPERM|EROFS)$/,
    code: 'STORE_READ_ONLY',
    wanted: 'a file in a directory that this user may write to',
  },
  {
    codes: /^(EEXIST|ENOENT|ENOTDIR|EISDIR)$/,
    code: 'STORE_FAILED',
    wanted: 'a file in a directory',
  },
  {
    codes: /^SQLITE_BUSY/,
    code: 'STORE_LOCKED',
    wanted: 'a store that no other process writes to',
    hint: 'Stop the other process, or give this one a data directory of its own.',
  },
];
const OTHER: Kind = { code: 'STORE_FAILED', wanted: 'a readable and writable file' };

/** `action` says what failed, as in `append to the store`. An AppError stays as it is. */
export function storeError(error: unknown, action: string, path: string): AppError {
  if (error instanceof AppError) return error;
  const found = error instanceof Error && 'code' in error ? String(error.code) : '';
  const code = found.startsWith('SQLITE_IOERR') && freeBytes(path) === 0 ? 'SQLITE_FULL' : found;
  const kind = KINDS.find(({ codes }) => codes.test(code)) ?? OTHER;
  const message = `${action} ${path}: ${messageOf(error)}${found && ` (${found})`}, want ${kind.wanted}`;
  return new AppError(kind.code, message, { cause: error, ...(kind.hint !== undefined && { hint: kind.hint }) });
}

/** Undefined where nobody can say. */
function freeBytes(path: string): number | undefined {
  try {
    const { bavail, bsize } = statfsSync(dirname(path));
    return bavail * bsize;
  } catch {
    return undefined;
  }
}
