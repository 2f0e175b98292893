import { chromiumPath } from '../browser/chromium.ts';
import { type ClientName, missingClients } from '../clients/installation.ts';
import { type Component, missing } from '../cluster/binaries.ts';
import { missingServers, type ServerName } from '../servers/installation.ts';

export const CONTROL_PLANE = ['etcd', 'kube-apiserver', 'kubectl'] as const satisfies readonly Component[];
export const NODES = ['kube-controller-manager', 'kube-scheduler', 'kwok'] as const satisfies readonly Component[];

/**
 * Whether components that a suite needs are not there, for `describe.skipIf`. It then says which, and under CI, where
 * nothing may be skipped, it throws.
 */
export function lacking(...components: readonly Component[]): boolean {
  return skips(missing(components));
}

/** The same for servers that sinks write to. */
export function lackingServers(...servers: readonly ServerName[]): boolean {
  return skips(missingServers(servers));
}

/** The same for clients that read from Tidings. */
export function lackingClients(...clients: readonly ClientName[]): boolean {
  return skips(missingClients(clients));
}

/** The same for the browser that the page is tested in. */
export function lackingBrowser(): boolean {
  return skips(chromiumPath() === undefined ? ['chromium'] : []);
}

function skips(absent: readonly string[]): boolean {
  if (absent.length === 0) return false;
  const problem = `needs ${absent.join(', ')}: run make e2e-components`;
  if (process.env['CI']) throw new Error(problem);
  process.stderr.write(`skipped: ${problem}\n`);
  return true;
}
