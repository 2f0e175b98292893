/** Where `e2e/clients/build` puts the clients, how each is run, and what is not there. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { cacheDir } from '../cluster/binaries.ts';

export type ClientName = 'client-go' | 'client-node' | 'kubectl' | 'python' | 'schemathesis';

const folder = (client: ClientName): string => join(cacheDir(), 'clients', client);

// The build script writes the key last, and puts a folder in place only when it is complete.
const isInstalled = (client: ClientName): boolean => existsSync(join(folder(client), '.key'));

export function missingClients(clients: readonly ClientName[]): readonly ClientName[] {
  return clients.filter((client) => !isInstalled(client));
}

/** The start of its command. */
export function command(client: ClientName): readonly [string, ...string[]] {
  if (!isInstalled(client)) throw new Error(`needs ${client}: run e2e/clients/build ${client}`);
  const path = (file: string): string => join(folder(client), file);
  const python = ['env', `PYTHONPATH=${path('lib')}`, 'python3', '-B'] as const;
  switch (client) {
    case 'client-go':
    case 'kubectl':
      return [path(client)];
    case 'client-node':
      return [process.execPath, path('follow.mjs')];
    case 'python':
      return [...python, path('follow.py')];
    case 'schemathesis':
      return [...python, path('run.py'), `--config-file=${path('schemathesis.toml')}`];
  }
}
