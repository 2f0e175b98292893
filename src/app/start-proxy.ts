import { join } from 'node:path';
import { FairUse } from '../api/fair-use.ts';
import { KubernetesApi } from '../api/kubernetes/kubernetes-api.ts';
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
import { openSqliteEventVersions } from '../store/sqlite/sqlite-event-versions.ts';
import type { Logger } from '../telemetry/log.ts';
import { createProxyMetrics } from '../telemetry/proxy-metrics.ts';
import type { ClusterConfig } from './collector.ts';
import { clusterName } from './connect-cluster.ts';
import type { AccessConfig } from './open-access.ts';
import type { KubernetesApiConfig } from './open-kubernetes-api.ts';
import { STORE_FILE } from './store-file.ts';
import { USER_AGENT, VERSION } from './version.ts';
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
  const upstream = new ApiServerAgents(server.config);
  const events = openEventReads(server, stored, scopes, logger);
  const metrics = createProxyMetrics();
  try {
    const proxy = new Proxy({ upstream, reads: events.reads, metrics, logger });
    const listener = await listenProxy(proxy, listen, { ...(tls && { tls: new ServingTls(tls) }) });
    return {
      url: listener.url,
      metrics: () => metrics.registry.metrics(),
      async close() {
        // Watches end properly before their connections do.
        await events.end();
        await listener.close();
        upstream.close();
        await events.close();
      },
    };
  } catch (error) {
    await events.close();
    throw error;
  }
}

interface NamedServer {
  readonly name: string;
  readonly config: ClientConfig;
}

function openEventReads(
  { name, config }: NamedServer,
  { dataDir, windowMs }: KubernetesApiConfig,
  scopes: () => Promise<readonly ScopeStatus[]>,
  logger: Logger,
) {
  const client = createClient(config, { userAgent: USER_AGENT });
  const reviews = createAccessReviews(client);
  const versions = openSqliteEventVersions({ path: join(dataDir, STORE_FILE) });
  const access = callerAccess(reviews);
  const api = new KubernetesApi({
    versions,
    defaultCluster: async () => name,
    windowMs,
    access,
    fairUse: new FairUse(),
    version: VERSION,
    logger,
  });
  const reads = new EventReads({
    cluster: name,
    api,
    watched: watchedScopes(name, scopes),
    writes: new RecentWrites(),
    newestVersion: (namespace) => newestVersion(client, namespace),
    logger,
  });
  return {
    reads,
    end: () => api.close(),
    async close() {
      await api.close();
      await versions.close();
      await reviews.close();
    },
  };
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
