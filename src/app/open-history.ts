import { join } from 'node:path';
import { openSqliteHistory, type SqliteHistory } from '../store/sqlite/sqlite-history.ts';
import { STORE_FILE } from './store-file.ts';

/**
 * Opens the store of a data directory for reading, while another process may write it. Throws AppError of a `STORE_…`
 * code.
 */
export function openHistory(dataDir: string): SqliteHistory {
  return openSqliteHistory({ path: join(dataDir, STORE_FILE) });
}
