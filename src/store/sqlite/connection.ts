/** Opening the file, for the one writer or for a reader, and refusing what is no store of this version. */
import { closeSync, existsSync, openSync, realpathSync } from 'node:fs';
import { dirname } from 'node:path';
import Database from 'better-sqlite3';
import { makeDirectory } from '../../config/make-directory.ts';
import { AppError } from '../../core/errors.ts';
import { PAGE_CACHE_BYTES } from './cache-bytes.ts';
import { rememberFile, rememberFiles } from './file-identity.ts';
import { APPLICATION_ID, migrate, SCHEMA_VERSION } from './schema.ts';
import { storeError } from './store-error.ts';
import { lockForWriting } from './writer-lock.ts';

export const IN_MEMORY = ':memory:';
/** Small, because a row that is written somewhere in the middle costs a whole page in the write-ahead log. */
const PAGE_BYTES = 4096;
/**
 * How large the write-ahead log grows before it is written back into the file, and stays after that. Pages that change
 * with every commit are written back once for all of them; the commit that does it takes some 20 ms longer.
 */
const WAL_BYTES = 8 * 1024 * 1024;

export interface Connection {
  readonly db: Database.Database;
  readonly path: string;
  /** Throws STORE_FAILED when the file is no longer where it was: see {@link rememberFiles} and {@link rememberFile}. */
  requireFiles(): void;
  close(): void;
}

export function openForWriting(path: string, busyTimeoutMs: number): Connection {
  let unlock: (() => void) | undefined;
  let db: Database.Database | undefined;
  try {
    const file = path === IN_MEMORY ? path : prepareFile(path);
    if (file !== IN_MEMORY) unlock = lockForWriting(file);
    db = new Database(file, { timeout: busyTimeoutMs });
    prepareDatabase(db, path);
    const requireFiles = file === IN_MEMORY ? () => {} : rememberFiles(file);
    return { db, path: file, requireFiles, close: () => closeAll(db, unlock) };
  } catch (error) {
    closeAll(db, unlock);
    throw storeError(error, 'open the store', path);
  }
}

function closeAll(db: Database.Database | undefined, unlock: (() => void) | undefined): void {
  db?.close();
  unlock?.();
}

/** Only this user may read what a cluster's events tell. The write-ahead log takes over the file's mode. */
function prepareFile(path: string): string {
  makeDirectory(dirname(path));
  closeSync(openSync(path, 'a', 0o600));
  // The lock lies beside the file itself, by whatever link it was reached.
  return realpathSync(path);
}

function prepareDatabase(db: Database.Database, path: string): void {
  const version = checkVersion(db, path);
  if (version === 0) {
    // Both are fixed once the first table exists.
    db.pragma(`page_size = ${PAGE_BYTES}`);
    db.pragma('auto_vacuum = incremental');
  }
  db.pragma('journal_mode = wal');
  // One fsync a commit: without it a power cut takes back what was acknowledged, and cursors would skip what takes its place.
  db.pragma('synchronous = full');
  db.pragma(`journal_size_limit = ${WAL_BYTES}`);
  db.pragma(`wal_autocheckpoint = ${WAL_BYTES / PAGE_BYTES}`);
  boundCache(db, PAGE_CACHE_BYTES.writer);
  migrate(db, version);
}

function boundCache(db: Database.Database, bytes: number): void {
  // A negative number is one of KiB. https://www.sqlite.org/pragma.html#pragma_cache_size
  db.pragma(`cache_size = -${bytes / 1024}`);
}

/** Throws STORE_NEWER, and STORE_DAMAGED for a database of another program. */
function checkVersion(db: Database.Database, path: string): number {
  const version = Number(db.pragma('user_version', { simple: true }));
  const applicationId = Number(db.pragma('application_id', { simple: true }));
  const tables = db.prepare<[], { count: number }>('select count(*) as count from sqlite_schema').get();
  if (tables?.count === 0 && applicationId === 0) return 0;
  if (applicationId !== APPLICATION_ID) {
    const found = `found application_id ${applicationId}`;
    throw new AppError('STORE_DAMAGED', `open the store ${path}: ${found}, want a Tidings store (${APPLICATION_ID})`, {
      hint: 'The file is a database of another program; choose another data directory.',
    });
  }
  if (version <= SCHEMA_VERSION) return version;
  const found = `found schema version ${version}`;
  throw new AppError('STORE_NEWER', `open the store ${path}: ${found}, want at most ${SCHEMA_VERSION}`, {
    hint: 'Use the version of Tidings that wrote it, or a newer one.',
  });
}

/** Never blocks the writer, and is never blocked by it. */
export function openForReading(path: string): Connection {
  if (!existsSync(path)) throw notFound(path, 'no such file');
  let db: Database.Database | undefined;
  try {
    db = new Database(path, { readonly: true, fileMustExist: true });
    boundCache(db, PAGE_CACHE_BYTES.reader);
    const version = checkVersion(db, path);
    if (version === 0) throw notFound(path, 'an empty file');
    if (version < SCHEMA_VERSION) throw notMigrated(path, version);
    return { db, path, requireFiles: rememberFile(path), close: () => closeAll(db, undefined) };
  } catch (error) {
    closeAll(db, undefined);
    throw storeError(error, 'open the store', path);
  }
}

function notFound(path: string, found: string): AppError {
  return new AppError('STORE_NOT_FOUND', `open the store ${path}: found ${found}, want a store`, {
    hint: 'Collect events into it with `tidings run` first.',
  });
}

function notMigrated(path: string, version: number): AppError {
  const found = `found schema version ${version}`;
  return new AppError('STORE_FAILED', `open the store ${path}: ${found}, want ${SCHEMA_VERSION}`, {
    hint: 'Start `tidings run` of this version once: it brings the store up to date.',
  });
}
