import { join } from 'node:path';

/** Where a running Tidings is administered, in its data directory. */
export function adminSocket(dataDir: string): string {
  return join(dataDir, 'admin.sock');
}
