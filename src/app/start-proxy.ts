import { FairUse } from '../api/fair-use.ts';
import { callerAccess } from '../api/proxy/caller-access.ts';
import { EventReads } from '../api/proxy/event-reads.ts';
import { listenProxy, Proxy } from '../api/proxy/proxy.ts';
import { RecentWrites } from '../api/proxy/recent-writes.ts';
import { ServingTls } from '../api/serving-tls.ts';
import type { ScopeStatus } from '../component/source.ts';
import type { ListenAddress } from '../config/fields.ts';
import { AppError } from '../core/errors.ts';
import { createAccessReviews } from '../sources/kubernetes/access-reviews.ts';
import { ApiServerAgents } from '../sources/kubernetes/api-server-agents.ts';
import { createClient, type KubernetesClient } from '../sources/kubernetes/client.ts';
import type { ClientConfig } from '../sources/kubernetes/client-config.ts';
import { loadClientConfig } from '../sources/kubernetes/kubeconfig.ts';
import type { Logger } from '../telemetry/log.ts';
import { createProxyMetrics } from '../telemetry/proxy-metrics.ts';
import { type Closable, closeAll } from './closable.ts';
import type { ClusterConfig } from './collector.ts';
import { clusterName } from './connect-cluster.ts';
import type { AccessConfig } from './open-access.ts';
import { type KubernetesApiConfig, openStoredKubernetesApi } from './stored-kubernetes-api.ts';
import { USER_AGENT } from './version.ts';
import { watchedScopes } from './watched-scopes.ts';

export interface ProxyConfig {
  readonly listen: ListenAddress;
  /** Absent: the first one. */
  readonly cluster?: string;
}

export interface RunningProxy {
  readonly url: string;
  /** In the Prometheus text format. */
  metrics(): Promise<string>;
  /** Ends the watches that it answers itself, and breaks off what passes through. */
  close(): Promise<void>;
}

export interface ProxySettings extends KubernetesApiConfig, Pick<AccessConfig, 'clusters' | 'tls'> {
  readonly proxy: ProxyConfig;
}

/**
 * Stands in front of the API server of one of the clusters. `scopes` are what the collector observes. Rejects with the
 * AppError that kept it from starting.
 */
export async function startProxy(
  { proxy: { listen, cluster }, clusters, tls, ...stored }: ProxySettings,
  scopes: () => Promise<readonly ScopeStatus[]>,
  logger: Logger,
): Promise<RunningProxy> {
  const server = await serverOf(cluster, clusters);
  const metrics = createProxyMetrics();
  // In the order in which they are to be closed.
  const opened: Closable[] = [];
  try {
    const client = createClient(server.config, { userAgent: USER_AGENT });
    const reviews = createAccessReviews(client);
    opened.unshift(reviews);
    const api = openStoredKubernetesApi(stored, logger, {
      access: callerAccess(reviews),
      fairUse: new FairUse(),
      defaultCluster: async () => server.name,
    });
    opened.unshift(api);
    const upstream = new ApiServerAgents(server.config);
    opened.unshift({ close: async () => upstream.close() });
    const reads = new EventReads({
      cluster: server.name,
      api: () => api.current(),
      watched: watchedScopes(server.name, scopes),
      writes: new RecentWrites(),
      newestVersion: (namespace) => newestVersion(client, namespace),
      logger,
    });
    const proxy = new Proxy({ upstream, reads, metrics, logger });
    const listener = await listenProxy(proxy, listen, { ...(tls && { tls: new ServingTls(tls) }) });
    // Watches end properly before their connections do.
    opened.unshift({ close: () => api.end() }, listener);
    return { url: listener.url, metrics: () => metrics.registry.metrics(), close: () => closeAll(opened) };
  } catch (error) {
    await closeAll(opened);
    throw error;
  }
}

interface NamedServer {
  readonly name: string;
  readonly config: ClientConfig;
}

async function newestVersion(client: KubernetesClient, namespace: string): Promise<number> {
  const path = `/api/v1/namespaces/${encodeURIComponent(namespace)}/events`;
  const { metadata } = await client.getJson<{ metadata: { resourceVersion: string } }>(path, { query: { limit: 1 } });
  return Number(metadata.resourceVersion);
}

async function serverOf(wanted: string | undefined, clusters: readonly ClusterConfig[]): Promise<NamedServer> {
  const names: string[] = [];
  for (const settings of clusters) {
    const config = await loadClientConfig(settings);
    const name = clusterName(settings, config);
    if (wanted === undefined || name === wanted) return { name, config };
    names.push(name);
  }
  const found = `use proxy.cluster: found ${JSON.stringify(wanted)}, want one of ${names.join(', ')}`;
  throw new AppError('CONFIG_INVALID', found);
}
