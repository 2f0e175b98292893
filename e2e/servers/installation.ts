/** Where `e2e/servers/build` puts the servers, and what is not there. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { cacheDir } from '../cluster/binaries.ts';

export type ServerName = 'elasticsearch' | 'kafka' | 'loki' | 'opensearch' | 'otelcol';

const serversDir = (): string => join(cacheDir(), 'servers');

// The build script writes the key last, and puts a folder in place only when it is complete.
const isInstalled = (server: ServerName): boolean => existsSync(join(serversDir(), server, '.key'));

export function missingServers(servers: readonly ServerName[]): readonly ServerName[] {
  return servers.filter((server) => !isInstalled(server));
}

/** The folder of a server. */
export function installation(server: ServerName): string {
  if (!isInstalled(server)) throw new Error(`needs ${server}: run e2e/servers/build ${server}`);
  return join(serversDir(), server);
}

/**
 * The start of a Java command: small rather than fast, as a server under test has little to do and one file's servers
 * share two cores with what they test.
 */
export function java(maxHeap: string): readonly string[] {
  return [
    join(serversDir(), 'java', 'bin', 'java'),
    '-Xms32m',
    `-Xmx${maxHeap}`,
    '-XX:+UseSerialGC',
    '-XX:TieredStopAtLevel=1',
    '--enable-native-access=ALL-UNNAMED',
  ];
}
