/**
 * Noticing that an open file was deleted, moved or replaced. SQLite would write on into what nobody can find any more,
 * and every commit would be lost without an error.
 * https://www.sqlite.org/howtocorrupt.html#_unlinking_or_renaming_a_database_file_while_in_use
 */
import { statSync } from 'node:fs';
import { AppError } from '../../core/errors.ts';

/**
 * For a database that has just been opened for writing: gives a function that throws STORE_FAILED while its file, its
 * lock, without which another writer may have come, or its write-ahead log, which SQLite makes when it is first needed, is
 * not where it was.
 */
export function rememberFiles(path: string): () => void {
  const hint = 'Put it back, or start `tidings run` again to begin a new store.';
  return remembered([path, `${path}.lock`, `${path}-wal`], 'write to the store', hint);
}

/** The same for one that was opened for reading, of its file: nothing would ever be read from it again. */
export function rememberFile(path: string): () => void {
  return remembered([path], 'follow the store', 'Start the command again to read what is there now.');
}

function remembered(files: readonly string[], action: string, hint: string): () => void {
  const inodes = new Map(files.map((file) => [file, inodeOf(file)]));
  return () => {
    for (const [file, known] of inodes) {
      const inode = inodeOf(file);
      if (known === undefined) inodes.set(file, inode);
      else if (inode !== known) {
        const found = `found ${file} deleted, moved or replaced, want the file that was opened`;
        throw new AppError('STORE_FAILED', `${action}: ${found}`, { hint });
      }
    }
  };
}

function inodeOf(file: string): number | undefined {
  return statSync(file, { throwIfNoEntry: false })?.ino;
}
