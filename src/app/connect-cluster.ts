import { createClient, type KubernetesClient } from '../sources/kubernetes/client.ts';
import type { ClientConfig } from '../sources/kubernetes/client-config.ts';
import { loadClientConfig } from '../sources/kubernetes/kubeconfig.ts';
import type { ClusterConfig } from './collector.ts';
import { USER_AGENT } from './version.ts';

export interface ConnectedCluster {
  /** As it is called in everything that is stored. */
  readonly name: string;
  readonly client: KubernetesClient;
  /** The URL of its API server. */
  readonly server: string;
  readonly settings: ClusterConfig;
}

/** Rejects with the AppError that says what is wrong with the settings; the server itself may be down. */
export async function connectCluster(settings: ClusterConfig): Promise<ConnectedCluster> {
  const config = await loadClientConfig(settings);
  return {
    name: clusterName(settings, config),
    client: createClient(config, { userAgent: USER_AGENT }),
    server: config.server,
    settings,
  };
}

/** What a cluster is called in everything that is stored. */
export function clusterName({ name }: ClusterConfig, { contextName }: ClientConfig): string {
  return name ?? contextName ?? 'default';
}
