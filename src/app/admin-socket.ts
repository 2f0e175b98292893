import { join } from 'node:path';

/**
 * The longest path that a Unix socket can have, without the byte that ends it: sun_path has 108 on Linux and 104 on macOS
 * and the BSDs. https://man7.org/linux/man-pages/man7/unix.7.html
 */
const MAX_PATH_BYTES = process.platform === 'linux' ? 107 : 103;

/** Where a running Tidings is administered, in its data directory. */
export function adminSocket(dataDir: string): string {
  return join(dataDir, 'admin.sock');
}

/** Why there can be no socket at the path, for people; undefined when there can. */
export function socketPathProblem(path: string): string | undefined {
  const bytes = Buffer.byteLength(path);
  if (bytes <= MAX_PATH_BYTES) return undefined;
  return `found a path of ${bytes} bytes, want at most ${MAX_PATH_BYTES}, as long as a socket's can be`;
}
