import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** A new directory. The caller calls `remove`, which leaves it to be looked at when KEEP is set. */
export function temporaryDirectory(): { readonly path: string; readonly remove: () => void } {
  const path = mkdtempSync(join(tmpdir(), 'tidings-e2e-'));
  return {
    path,
    remove: () => {
      if (!process.env['KEEP']) rmSync(path, { recursive: true, force: true });
    },
  };
}
