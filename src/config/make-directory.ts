import { existsSync, mkdirSync } from 'node:fs';
import { dirname } from 'node:path';

/** With `recursive`, mkdirSync does not return where nothing can be made and a file is said not to exist, as in /proc. */
export function makeDirectory(path: string): void {
  if (existsSync(path)) return;
  makeDirectory(dirname(path));
  try {
    mkdirSync(path, { mode: 0o700 });
  } catch (error) {
    // Another process may have been faster.
    if (!existsSync(path)) throw error;
  }
}
