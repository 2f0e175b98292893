import { openForReading } from './connection.ts';
import { SqliteDeliveryLedger } from './sqlite-delivery-ledger.ts';
import { SqliteHistory } from './sqlite-history.ts';

/** Log, history and delivery ledger on one connection for reading, while another thread or process writes. */
export interface SqliteReader {
  readonly history: SqliteHistory;
  readonly ledger: SqliteDeliveryLedger;
  close(): Promise<void>;
}

/** Throws STORE_NOT_FOUND, STORE_NEWER, STORE_DAMAGED or STORE_FAILED. */
export function openSqliteReader({ path }: { readonly path: string }): SqliteReader {
  const connection = openForReading(path);
  return {
    history: new SqliteHistory(connection),
    ledger: new SqliteDeliveryLedger(connection),
    close: async () => connection.close(),
  };
}
