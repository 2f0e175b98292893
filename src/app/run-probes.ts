import type { Probes } from '../api/probes.ts';
import type { Collector } from './collector.ts';
import { readiness } from './readiness.ts';
import type { StartedDeliveries } from './start-deliveries.ts';
import type { RunningProxy } from './start-proxy.ts';

/** How long the collector may take to say how it is. */
export const PROBE_TIMEOUT_MS = 5_000;

interface Probed {
  readonly config: { readonly volatile?: boolean };
  /** Of the process. */
  readonly registry: { metrics(): Promise<string> };
  readonly collector: Collector;
  readonly delivering: Pick<StartedDeliveries, 'deliveries' | 'metrics'>;
  readonly proxy: Pick<RunningProxy, 'metrics'> | undefined;
}

/** Whether collecting works, and figures of everything that runs. */
export function runProbes({ config: { volatile = false }, registry, collector, delivering, proxy }: Probed): Probes {
  const { deliveries, metrics } = delivering;
  return {
    health: async () => {
      await collector.status(PROBE_TIMEOUT_MS);
    },
    readiness: async () => readiness(await collector.status(PROBE_TIMEOUT_MS), Date.now(), { volatile }),
    async metrics() {
      const sinks = await deliveries.sinks();
      // Those that were removed leave none behind.
      metrics.lagRecords.reset();
      metrics.lagSeconds.reset();
      for (const { name, lagRecords, lagSeconds } of sinks) {
        metrics.lagRecords.labels(name).set(lagRecords);
        metrics.lagSeconds.labels(name).set(lagSeconds);
      }
      const parts = [
        await registry.metrics(),
        await collector.metrics(PROBE_TIMEOUT_MS),
        await metrics.registry.metrics(),
        ...(proxy ? [await proxy.metrics()] : []),
      ];
      return parts.join('\n');
    },
  };
}
