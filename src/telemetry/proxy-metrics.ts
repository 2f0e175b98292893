import { Counter, Gauge, Registry } from 'prom-client';

/** What became of a request that came to the proxy. */
export type ProxiedKind = 'passed' | 'upgraded';

export interface ProxyMetrics {
  readonly registry: Registry;
  request(kind: ProxiedKind): void;
  readonly failures: Counter;
  /** Connections that speak another protocol, or ask to. */
  readonly upgrades: Gauge;
}

/** The metrics of the proxy in front of the API server, in a registry of their own. */
export function createProxyMetrics(): ProxyMetrics {
  const registry = new Registry();
  const registers = [registry];
  const requests = new Counter({
    name: 'tidings_proxy_requests_total',
    help: 'Requests to the proxy, by what was done with them: passed to the API server, or upgraded to another protocol.',
    labelNames: ['kind'],
    registers,
  });
  return {
    registry,
    request: (kind) => requests.labels(kind).inc(),
    failures: new Counter({
      name: 'tidings_proxy_failures_total',
      help: 'Requests to the proxy that the API server did not answer.',
      registers,
    }),
    upgrades: new Gauge({
      name: 'tidings_proxy_upgrades',
      help: 'Connections through the proxy that were upgraded to another protocol, or ask for it.',
      registers,
    }),
  };
}
