import { listenProxy, Proxy } from '../api/proxy/proxy.ts';
import { ServingTls } from '../api/serving-tls.ts';
import type { ListenAddress } from '../config/fields.ts';
import { AppError } from '../core/errors.ts';
import { ApiServerAgents } from '../sources/kubernetes/api-server-agents.ts';
import type { ClientConfig } from '../sources/kubernetes/client-config.ts';
import { loadClientConfig } from '../sources/kubernetes/kubeconfig.ts';
import type { Logger } from '../telemetry/log.ts';
import { createProxyMetrics } from '../telemetry/proxy-metrics.ts';
import type { ClusterConfig } from './collector.ts';
import { clusterName } from './connect-cluster.ts';
import type { AccessConfig } from './open-access.ts';

export interface ProxyConfig {
  readonly listen: ListenAddress;
  /** Absent: the first one. */
  readonly cluster?: string;
}

export interface RunningProxy {
  readonly url: string;
  /** In the Prometheus text format. */
  metrics(): Promise<string>;
  /** Breaks off what passes through. */
  close(): Promise<void>;
}

/** Stands in front of the API server of one of the clusters. Rejects with the AppError that kept it from starting. */
export async function startProxy(
  { clusters, tls }: Pick<AccessConfig, 'clusters' | 'tls'>,
  { listen, cluster }: ProxyConfig,
  logger: Logger,
): Promise<RunningProxy> {
  const upstream = new ApiServerAgents(await serverOf(cluster, clusters));
  const metrics = createProxyMetrics();
  const listener = await listenProxy(new Proxy({ upstream, metrics, logger }), listen, {
    ...(tls && { tls: new ServingTls(tls) }),
  });
  return {
    url: listener.url,
    metrics: () => metrics.registry.metrics(),
    async close() {
      await listener.close();
      upstream.close();
    },
  };
}

async function serverOf(wanted: string | undefined, clusters: readonly ClusterConfig[]): Promise<ClientConfig> {
  const names: string[] = [];
  for (const settings of clusters) {
    const config = await loadClientConfig(settings);
    const name = clusterName(settings, config);
    if (wanted === undefined || name === wanted) return config;
    names.push(name);
  }
  throw new AppError(
    'CONFIG_INVALID',
    `use proxy.cluster: found ${JSON.stringify(wanted)}, want one of ${names.join(', ')}`,
  );
}
