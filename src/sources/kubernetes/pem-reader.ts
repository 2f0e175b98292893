import { RotatingFile } from '../../config/rotating-file.ts';
import type { Pem } from './client-config.ts';

/** Reads something in PEM, wherever it is. */
export function pemReader(
  pem: Pem,
  what: string,
  now: () => number,
): (options: { readonly fresh: boolean }) => Promise<string> {
  if ('data' in pem) return async () => pem.data;
  const file = new RotatingFile(pem.file, what, now);
  return (options) => file.read(options);
}
