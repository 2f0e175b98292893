/** Certificates and keys that a kubeconfig gives as bytes or as the path of a file. */
import { accessSync, constants, readFileSync } from 'node:fs';
import { isAbsolute, join } from 'node:path';
import type { Pem } from './client-config.ts';
import type { Entry } from './kubeconfig-file.ts';

/** A field that is a path, or bytes under the same name with `-data`; both at once are a problem, as is no such file. */
export function pemOf<TField extends string>(
  entry: Entry<Record<TField | `${TField}-data`, string>>,
  field: TField,
  problems: string[],
): Pem | undefined {
  const data = entry.value[`${field}-data`];
  const path = entry.value[field];
  if (data && path) problems.push(`${entry.place(`${field}-data`)}: found together with ${field}, want one of them`);
  if (data) return { data };
  if (!path) return undefined;
  const file = pathOf(entry, path);
  if (!isReadable(file)) problems.push(`${entry.place(field)}: found no readable file ${file}, want one`);
  return { file };
}

export function pathOf(entry: Entry<unknown>, path: string): string {
  return isAbsolute(path) ? path : join(entry.directory, path);
}

function isReadable(file: string): boolean {
  try {
    accessSync(file, constants.R_OK);
    return true;
  } catch {
    return false;
  }
}

/** The content as it is now; undefined when it cannot be read. */
export function contentOf(pem: Pem): string | undefined {
  if ('data' in pem) return pem.data;
  return isReadable(pem.file) ? readFileSync(pem.file, 'utf8') : undefined;
}
