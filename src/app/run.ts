import { join } from 'node:path';
import { listenForAdmin } from '../api/admin.ts';
import { type Listener, listen, type Probes } from '../api/probes.ts';
import type { SinkConfig } from '../component/sink-config.ts';
import type { ListenAddress } from '../config/fields.ts';
import type { Route } from '../pipeline/route-config.ts';
import { openSqliteReader } from '../store/sqlite/sqlite-reader.ts';
import { createLogger, type LogFormat, type Logger, type LogLevel } from '../telemetry/log.ts';
import { createProcessRegistry } from '../telemetry/metrics.ts';
import { createDeliveryMetrics, type DeliveryMetrics } from '../telemetry/sink-metrics.ts';
import { aborted } from '../util/aborted.ts';
import { adminSocket } from './admin-socket.ts';
import { type ClusterConfig, type Collector, startCollector } from './collector.ts';
import { Deliveries } from './deliveries.ts';
import { InvolvedObjects } from './involved-objects.ts';
import { readiness } from './readiness.ts';
import { STORE_FILE } from './store-file.ts';
import { USER_AGENT, VERSION } from './version.ts';

export interface RunConfig {
  readonly dataDir: string;
  readonly clusters: readonly ClusterConfig[];
  /** Absent: events are kept for ever. */
  readonly retentionAgeMs?: number;
  /** How much may stay beyond that for sinks that are behind. */
  readonly holdBytes: number;
  readonly sinks: readonly SinkConfig[];
  /** None: every sink gets everything. */
  readonly routes: readonly Route[];
  readonly listen: ListenAddress;
  /** Absent: probes and metrics are on `listen`. */
  readonly metricsListen?: ListenAddress;
  readonly log: { readonly format: LogFormat; readonly level: LogLevel };
}

/** What is running, for whoever wants to say so. */
export interface Running {
  /** Where the probes and metrics are. */
  readonly probesUrl: string;
}

const PROBE_TIMEOUT_MS = 5_000;
/** A graceful stop ends within 5 seconds, whatever hangs. */
const STOP_TIMEOUT_MS = 4_500;

/**
 * Collects until the signal is aborted, then commits what was received. Rejects with the AppError that kept it from
 * starting, or when the collector fails.
 */
export async function run(
  config: RunConfig,
  onRunning: (running: Running) => void,
  signal: AbortSignal,
): Promise<void> {
  const logger = createLogger(config.log);
  const collector = await startCollector({
    storePath: join(config.dataDir, STORE_FILE),
    clusters: config.clusters,
    ...(config.retentionAgeMs !== undefined && { retentionAgeMs: config.retentionAgeMs }),
    ...(config.sinks.length > 0 && {
      hold: { consumers: config.sinks.map(({ name }) => name), bytes: config.holdBytes },
    }),
    log: config.log,
  });
  let listener: Listener | undefined;
  let delivering: Delivering | undefined;
  try {
    delivering = await startDelivering(config, collector, logger);
    listener = await listen(probes(collector, delivering), config.metricsListen ?? config.listen);
    logger.info({ url: listener.url, data: config.dataDir, version: VERSION }, 'listening');
    onRunning({ probesUrl: listener.url });
    await Promise.race([aborted(signal), collector.failed]);
  } finally {
    await stop(collector, { listener, delivering, logger });
  }
}

interface Delivering {
  readonly deliveries: Deliveries;
  readonly metrics: DeliveryMetrics;
  close(): Promise<void>;
}

/** Undefined when there is no sink: then nothing of it is opened. */
async function startDelivering(
  config: RunConfig,
  collector: Collector,
  logger: Logger,
): Promise<Delivering | undefined> {
  const { sinks, routes, clusters, dataDir } = config;
  if (sinks.length === 0) return undefined;
  const reader = openSqliteReader({ path: join(dataDir, STORE_FILE) });
  const metrics = createDeliveryMetrics();
  const { writer, appended } = collector;
  const { history, ledger } = reader;
  const deliveries = await Deliveries.start({
    sinks,
    routes,
    log: history,
    history,
    ledger,
    writer,
    appended,
    objects: new InvolvedObjects({ clusters, registry: metrics.registry, logger }),
    metrics,
    logger,
    context: { env: process.env, userAgent: USER_AGENT },
  });
  const admin = await listenForAdmin(deliveries, adminSocket(dataDir));
  return {
    deliveries,
    metrics,
    async close() {
      await admin.close();
      await deliveries.close();
      await reader.close();
    },
  };
}

function probes(collector: Collector, delivering: Delivering | undefined): Probes {
  const registry = createProcessRegistry(VERSION);
  return {
    health: async () => {
      await collector.status(PROBE_TIMEOUT_MS);
    },
    readiness: async () => readiness(await collector.status(PROBE_TIMEOUT_MS), Date.now()),
    async metrics() {
      const parts = [await registry.metrics(), await collector.metrics(PROBE_TIMEOUT_MS)];
      if (delivering) {
        for (const { name, lagRecords, lagSeconds } of await delivering.deliveries.sinks()) {
          delivering.metrics.lagRecords.labels(name).set(lagRecords);
          delivering.metrics.lagSeconds.labels(name).set(lagSeconds);
        }
        parts.push(await delivering.metrics.registry.metrics());
      }
      return parts.join('\n');
    },
  };
}

interface Stopping {
  readonly listener: Listener | undefined;
  readonly delivering: Delivering | undefined;
  readonly logger: Logger;
}

async function stop(collector: Collector, { listener, delivering, logger }: Stopping): Promise<void> {
  const deadline = performance.now() + STOP_TIMEOUT_MS;
  await listener?.close();
  // What was delivered is acknowledged through the collector, so it ends after the sinks.
  await delivering?.close();
  try {
    await collector.stop(deadline - performance.now());
    logger.info('stopped; everything received is committed');
  } catch (error) {
    // Nothing is lost: the position stands where the last commit left it.
    logger.warn({ error }, 'stopped before everything received was committed; it will be read again');
  }
}
