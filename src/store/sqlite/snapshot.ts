import type { Connection } from './connection.ts';
import { storeError } from './store-error.ts';

/** All that is read comes from one state of the store. Throws AppError of a `STORE_…` code. */
export function snapshot<T>({ db, path }: Connection, read: () => T): T {
  try {
    return db.transaction(read)();
  } catch (error) {
    throw storeError(error, 'read the store', path);
  }
}

/**
 * Changes whenever another connection has committed something; costs next to nothing to ask. Throws STORE_FAILED when
 * nothing can come any more, since the file was deleted, moved or replaced.
 */
export function dataVersion(connection: Connection): number {
  try {
    connection.requireFiles();
    return Number(connection.db.pragma('data_version', { simple: true }));
  } catch (error) {
    throw storeError(error, 'read the store', connection.path);
  }
}
