import type { Entry } from './kubeconfig-file.ts';
import { pathOf } from './kubeconfig-pem.ts';
import type { KubeconfigUser } from './kubeconfig-schema.ts';

const PATHS = ['client-certificate', 'client-key', 'tokenFile'] as const;
const BYTES = ['client-certificate-data', 'client-key-data'] as const;

/** A user of a kubeconfig as another one in another place can hold it. Holds secrets. */
export function portableUser(user: Entry<KubeconfigUser>): Readonly<Record<string, unknown>> {
  const { exec, ...fields } = user.value;
  const portable: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(fields)) if (!isNothing(value)) portable[name] = value;
  for (const name of PATHS) if (fields[name]) portable[name] = pathOf(user, fields[name]);
  for (const name of BYTES) if (fields[name]) portable[name] = Buffer.from(fields[name]).toString('base64');
  if (!exec) return portable;
  const command = exec.command.includes('/') ? pathOf(user, exec.command) : exec.command;
  const written = Object.entries({ ...exec, command }).filter(([, value]) => !isNothing(value));
  return { ...portable, exec: Object.fromEntries(written) };
}

/** Absent, in a kubeconfig. */
function isNothing(value: unknown): boolean {
  if (value === undefined || value === null || value === '' || value === false) return true;
  return typeof value === 'object' && Object.keys(value).length === 0;
}
