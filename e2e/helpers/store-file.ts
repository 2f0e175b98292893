/** The store's file, seen from outside while the program that writes it stands still. */
import { cpSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { STORE_FILE } from '../../src/app/store-file.ts';
import { temporaryDirectory } from './temporary-directory.ts';

/** The byte of the -shm file that a write transaction locks: https://www.sqlite.org/walformat.html#wal_locks */
const WRITE_LOCK = 120;

/** Whether the process has a write transaction open. */
export function isWriting(pid: number, dataDir: string): boolean {
  const shared = statSync(join(dataDir, `${STORE_FILE}-shm`), { throwIfNoEntry: false });
  if (!shared) return false;
  const locks = readFileSync('/proc/locks', 'utf8').matchAll(/POSIX +ADVISORY +WRITE (\d+) \S+:(\d+) (\d+) (\d+)/g);
  return [...locks].some(
    ([, holder, inode, from, to]) =>
      Number(holder) === pid && Number(inode) === shared.ino && Number(from) <= WRITE_LOCK && WRITE_LOCK <= Number(to),
  );
}

/** The schema's version that whoever opens the file next finds: 0 until the first schema is committed. */
export function schemaVersion(dataDir: string): number {
  const copy = temporaryDirectory();
  try {
    cpSync(dataDir, copy.path, { recursive: true });
    const db = new Database(join(copy.path, STORE_FILE));
    try {
      return Number(db.pragma('user_version', { simple: true }));
    } finally {
      db.close();
    }
  } finally {
    copy.remove();
  }
}
