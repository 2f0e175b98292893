import { Counter, Gauge, Registry } from 'prom-client';

/** What became of a request that came to the proxy. */
export type ProxiedKind = 'answered' | 'waited' | 'passed' | 'upgraded';

export interface ProxyMetrics {
  readonly registry: Registry;
  request(kind: ProxiedKind): void;
  /** A read of events was not answered from the history, for a reason of the closed list. */
  readPassed(reason: string): void;
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
    help: 'Requests to the proxy, by what was done with them: passed to the API server, upgraded to another protocol, or answered from the history, at once or after it was waited for; answers count at their end.',
    labelNames: ['kind'],
    registers,
  });
  const readsPassed = new Counter({
    name: 'tidings_proxy_event_reads_passed_total',
    help: 'Reads of events that the proxy passed to the API server, by why it did not answer them.',
    labelNames: ['reason'],
    registers,
  });
  return {
    registry,
    request: (kind) => requests.labels(kind).inc(),
    readPassed: (reason) => readsPassed.labels(reason).inc(),
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
