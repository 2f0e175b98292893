import { existsSync, readFileSync } from 'node:fs';
import { isIPv6 } from 'node:net';
import { join } from 'node:path';
import { AppError } from '../../core/errors.ts';
import type { ClientConfig } from './client-config.ts';
import { serverProxy } from './server-proxy.ts';

const SERVICE_ACCOUNT = '/var/run/secrets/kubernetes.io/serviceaccount';

export interface InClusterOptions {
  readonly env: NodeJS.ProcessEnv;
  /** Where the service account's files are looked for instead of below `/`. */
  readonly rootDir?: string;
}

/** Whether this looks like a pod with a service account. */
export function isInCluster({ env, rootDir = '/' }: InClusterOptions): boolean {
  const { KUBERNETES_SERVICE_HOST: host, KUBERNETES_SERVICE_PORT: port } = env;
  return Boolean(host && port) && existsSync(join(rootDir, SERVICE_ACCOUNT, 'token'));
}

/**
 * How a pod reaches its API server: https://kubernetes.io/docs/tasks/run-application/access-api-from-pod/
 * Throws an AppError KUBECONFIG_INVALID outside of one.
 */
export function inClusterConfig(options: InClusterOptions): ClientConfig {
  const { env, rootDir = '/' } = options;
  const { KUBERNETES_SERVICE_HOST: host = '', KUBERNETES_SERVICE_PORT: port = '' } = env;
  const directory = join(rootDir, SERVICE_ACCOUNT);
  const server = `https://${isIPv6(host) ? `[${host}]` : host}:${port}`;
  if (!isInCluster(options) || !URL.canParse(server)) {
    throw new AppError(
      'KUBECONFIG_INVALID',
      `load the in-cluster configuration: found no KUBERNETES_SERVICE_HOST, KUBERNETES_SERVICE_PORT and ${directory}/token`,
      { hint: 'A pod has all three unless its automountServiceAccountToken is false.' },
    );
  }
  const ca = join(directory, 'ca.crt');
  const proxyUrl = serverProxy(server, env);
  const namespace = env['POD_NAMESPACE'] || contentOf(join(directory, 'namespace'));
  return {
    server,
    tls: { insecure: false, ...(existsSync(ca) && { ca: { file: ca } }) },
    ...(proxyUrl !== undefined && { proxyUrl }),
    disableCompression: false,
    auth: { tokenFile: join(directory, 'token') },
    ...(namespace && { namespace }),
  };
}

function contentOf(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8').trim();
  } catch {
    return undefined;
  }
}
