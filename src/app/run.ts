import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { type Listener, listen, type Probes } from '../api/probes.ts';
import type { ListenAddress } from '../config/fields.ts';
import { createLogger, type LogFormat, type Logger, type LogLevel } from '../telemetry/log.ts';
import { createProcessRegistry } from '../telemetry/metrics.ts';
import { aborted } from '../util/aborted.ts';
import { type ClusterConfig, type Collector, startCollector } from './collector.ts';
import { readiness } from './readiness.ts';
import { STORE_FILE } from './store-file.ts';
import { VERSION } from './version.ts';

export interface RunConfig {
  readonly dataDir: string;
  readonly clusters: readonly ClusterConfig[];
  /** Absent: events are kept for ever. */
  readonly retentionAgeMs?: number;
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
  await mkdir(config.dataDir, { recursive: true, mode: 0o700 });
  const collector = await startCollector({
    storePath: join(config.dataDir, STORE_FILE),
    clusters: config.clusters,
    ...(config.retentionAgeMs !== undefined && { retentionAgeMs: config.retentionAgeMs }),
    log: config.log,
  });
  let listener: Listener | undefined;
  try {
    listener = await listen(probes(collector), config.metricsListen ?? config.listen);
    logger.info({ url: listener.url, data: config.dataDir, version: VERSION }, 'listening');
    onRunning({ probesUrl: listener.url });
    await Promise.race([aborted(signal), collector.failed]);
  } finally {
    await stop(collector, listener, logger);
  }
}

function probes(collector: Collector): Probes {
  const registry = createProcessRegistry(VERSION);
  return {
    health: async () => {
      await collector.status(PROBE_TIMEOUT_MS);
    },
    readiness: async () => readiness(await collector.status(PROBE_TIMEOUT_MS), Date.now()),
    metrics: async () => `${await registry.metrics()}\n${await collector.metrics(PROBE_TIMEOUT_MS)}`,
  };
}

async function stop(collector: Collector, listener: Listener | undefined, logger: Logger): Promise<void> {
  await listener?.close();
  try {
    await collector.stop(STOP_TIMEOUT_MS);
    logger.info('stopped; everything received is committed');
  } catch (error) {
    // Nothing is lost: the position stands where the last commit left it.
    logger.warn({ error }, 'stopped before everything received was committed; it will be read again');
  }
}
