/**
 * One process writes to a store. SQLite alone would let a second one in between two transactions, so the writer holds
 * an exclusive lock on a file beside it, `<store>.lock`, through a connection of its own: the system takes it back
 * from a process that was killed, and readers never look at it.
 */
import { closeSync, openSync } from 'node:fs';
import Database from 'better-sqlite3';
import { AppError } from '../../core/errors.ts';

/** Returns the function that lets go of it. Throws STORE_LOCKED when another process, or this one, holds it. */
export function lockForWriting(storePath: string): () => void {
  const path = `${storePath}.lock`;
  closeSync(openSync(path, 'a', 0o600));
  const lock = new Database(path, { timeout: 0 });
  try {
    // Nothing is ever written to it, so it needs no journal on disk.
    lock.pragma('journal_mode = memory');
    lock.exec('begin exclusive');
  } catch (error) {
    lock.close();
    if (!(error instanceof Database.SqliteError) || !error.code.startsWith('SQLITE_BUSY')) throw error;
    const found = `found ${path} held by another process`;
    throw new AppError('STORE_LOCKED', `open the store ${storePath}: ${found}, want one writer`, {
      cause: error,
      hint: 'Stop the other process, or give this one a data directory of its own.',
    });
  }
  return () => lock.close();
}
