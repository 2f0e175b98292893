import { join } from 'node:path';
import { openSqliteReader } from '../store/sqlite/sqlite-reader.ts';
import type { Logger } from '../telemetry/log.ts';
import { createDeliveryMetrics, type DeliveryMetrics } from '../telemetry/sink-metrics.ts';
import { type Closable, closeAll } from './closable.ts';
import type { ClusterConfig, Collector } from './collector.ts';
import { Deliveries, type SinksAndRoutes } from './deliveries.ts';
import { InvolvedObjects } from './involved-objects.ts';
import { followOwners } from './owner-following.ts';
import { RememberedOwners } from './remembered-owners.ts';
import { startAdmin } from './start-admin.ts';
import { STORE_FILE } from './store-file.ts';
import { USER_AGENT } from './version.ts';

export interface DeliveriesConfig extends SinksAndRoutes {
  readonly dataDir: string;
  /** Those whose objects may be looked up. */
  readonly clusters: readonly ClusterConfig[];
  /** Those of all events, whatever sinks and routes ask for. */
  readonly lookUpOwners?: boolean;
}

export interface StartedDeliveries extends Closable {
  readonly deliveries: Deliveries;
  readonly metrics: DeliveryMetrics;
}

/**
 * Delivers what the collector stores, and lets that be administered. Also without sinks: there may be some later, and dead
 * letters of earlier ones.
 */
export async function startDeliveries(
  { sinks, routes, clusters, dataDir, lookUpOwners }: DeliveriesConfig,
  collector: Pick<Collector, 'writer' | 'appended'>,
  logger: Logger,
): Promise<StartedDeliveries> {
  const reader = openSqliteReader({ path: join(dataDir, STORE_FILE) });
  const metrics = createDeliveryMetrics();
  const { writer, appended } = collector;
  const { history, ledger } = reader;
  const opened: Closable[] = [reader];
  try {
    const context = { env: process.env, userAgent: USER_AGENT };
    const { registry } = metrics;
    const objects = new RememberedOwners({
      objects: new InvolvedObjects({ clusters, registry, logger }),
      addOwners: (owned) => writer.addOwners(owned),
      logger,
    });
    const environment = { log: history, history, ledger, writer, appended, objects, metrics, logger, context };
    const deliveries = await Deliveries.start({ ...environment, sinks, routes });
    opened.unshift(deliveries);
    if (lookUpOwners) opened.unshift(await followOwners({ log: history, appended, objects, logger }));
    const admin = await startAdmin(deliveries, dataDir, logger);
    if (admin) opened.unshift(admin);
    return { deliveries, metrics, close: () => closeAll(opened) };
  } catch (error) {
    await closeAll(opened);
    throw error;
  }
}
