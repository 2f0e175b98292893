/** A volume that a program can fill. */
import { mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';

// 8 MB that only the program sees, three quarters of them taken.
const SMALL_VOLUME = 'mount -t tmpfs -o size=8m tmpfs "$0" && head -c 6000000 /dev/zero >"$0/ballast" && exec "$@"';

/** The command to run a program under, which then has the volume at the path. */
export function withSmallVolume(path: string): readonly string[] {
  mkdirSync(path);
  const asRoot = process.getuid?.() === 0 ? [] : ['--map-root-user'];
  return ['unshare', ...asRoot, '--mount', 'sh', '-c', SMALL_VOLUME, path];
}

/** The volume as the program sees it. */
export function seenBy({ pid }: { readonly pid: number }, path: string): string {
  return `/proc/${pid}/root${path}`;
}

/** Gives the program space again. */
export function freeSpace(process: { readonly pid: number }, path: string): void {
  rmSync(join(seenBy(process, path), 'ballast'));
}
