import { join } from 'node:path';
import type { DeliveryLedger } from '../component/delivery-ledger.ts';
import { openSqliteReader } from '../store/sqlite/sqlite-reader.ts';
import { STORE_FILE } from './store-file.ts';

/** The reading half of the delivery ledger. */
export type DeliveryLedgerReader = Pick<DeliveryLedger, 'deadLetters' | 'deadLetter'>;

/**
 * Opens the delivery ledger of a data directory for reading, while another process may write it, and closes it in the
 * end. Rejects with an AppError of a `STORE_…` code.
 */
export async function withDeliveryLedger<T>(
  dataDir: string,
  use: (ledger: DeliveryLedgerReader) => Promise<T>,
): Promise<T> {
  const reader = openSqliteReader({ path: join(dataDir, STORE_FILE) });
  try {
    return await use(reader.ledger);
  } finally {
    await reader.close();
  }
}
