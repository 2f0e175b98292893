import { join } from 'node:path';
import { guarded } from '../api/guarded.ts';
import { listen } from '../api/listener.ts';
import { probesEndpoint } from '../api/probes.ts';
import type { Hold } from '../component/history.ts';
import type { ListenAddress } from '../config/fields.ts';
import { messageOf } from '../core/errors.ts';
import type { Retention } from '../pipeline/retention.ts';
import type { KafkaSourceConfig } from '../sources/kafka/config.ts';
import { createLogger, type LogFormat, type Logger, type LogLevel } from '../telemetry/log.ts';
import { createProcessRegistry, createReloadMetrics } from '../telemetry/metrics.ts';
import { aborted } from '../util/aborted.ts';
import { isDoneWithin } from '../util/is-done-within.ts';
import { type Closable, closeAll } from './closable.ts';
import { type Collector, startCollector } from './collector.ts';
import { ConfigReload, type ConfigReloadOptions } from './config-reload.ts';
import type { ConfigSource } from './config-source.ts';
import { type AccessConfig, openAccess } from './open-access.ts';
import { VOLATILE_STORE } from './readiness.ts';
import type { LoadedRunConfig } from './run-config.ts';
import { PROBE_TIMEOUT_MS, runProbes } from './run-probes.ts';
import { type ApisConfig, startApis } from './start-apis.ts';
import { type DeliveriesConfig, type StartedDeliveries, startDeliveries } from './start-deliveries.ts';
import { type ProxyConfig, startProxy } from './start-proxy.ts';
import { STORE_FILE } from './store-file.ts';
import { VERSION } from './version.ts';

export interface RunConfig extends ApisConfig, AccessConfig, DeliveriesConfig {
  /** The data directory goes with the container or pod: little is kept in it, and it is said that it is so. */
  readonly volatile?: boolean;
  /** Its hold is for the sinks. */
  readonly retention: Retention & { readonly hold: Omit<Hold, 'consumers'> };
  /** Instead of clusters. */
  readonly kafka?: KafkaSourceConfig;
  /** Absent: probes and metrics are on `listen`. */
  readonly metricsListen?: ListenAddress;
  /** In front of the API server of one of the clusters. */
  readonly proxy?: ProxyConfig;
  readonly log: { readonly format: LogFormat; readonly level: LogLevel };
}

/** What is running, for whoever wants to say so. */
export interface Running {
  /** Where the APIs are. */
  readonly url: string;
  /** Where the probes and metrics are. */
  readonly probesUrl: string;
  /** Where it stands in front of an API server. */
  readonly proxyUrl?: string;
}

/** A graceful stop ends within 5 seconds, whatever hangs; deliveries get that much of it, then the collector its rest. */
const STOP_TIMEOUT_MS = 4_500;
const STOP_DELIVERIES_MS = 3_500;

/** How the configuration is read again while it runs. */
export interface RunReload {
  readonly source: ConfigSource;
  /** What the configuration that is run was made of. */
  readonly started: LoadedRunConfig['data'];
  /** Calls back when somebody wants it read again; returns how to end that. */
  readonly onHangup?: (callback: () => void) => () => void;
}

/**
 * Collects until the signal is aborted, then commits what was received. Rejects with the AppError that kept it from
 * starting, or when the collector fails.
 */
export async function run(
  config: RunConfig,
  onRunning: (running: Running) => void,
  signal: AbortSignal,
  reload?: RunReload,
): Promise<void> {
  const logger = createLogger(config.log);
  if (config.volatile) logger.warn({ data: config.dataDir }, VOLATILE_STORE);
  const { hold, ...retention } = config.retention;
  const collector = await startCollector({
    storePath: join(config.dataDir, STORE_FILE),
    clusters: config.clusters,
    retention,
    hold: { ...hold, consumers: config.sinks.map(({ name }) => name) },
    ...(config.kafka && { kafka: config.kafka }),
    log: config.log,
  });
  const registry = createProcessRegistry(VERSION);
  const onReload = createReloadMetrics(registry);
  onReload(true);
  // In the order in which they are to be closed.
  const opened: Closable[] = [];
  try {
    const delivering = await startDeliveries(config, collector, logger);
    opened.unshift(delivering);
    if (reload) opened.unshift(startReloading({ ...reload, onReload, logger }, collector, delivering.deliveries));
    const access = await openAccess(config, logger);
    opened.unshift(access);
    const scopes = async () => (await collector.status(PROBE_TIMEOUT_MS)).scopes;
    const proxy = config.proxy && (await startProxy({ ...config, proxy: config.proxy }, scopes, logger));
    if (proxy) opened.unshift(proxy);
    const { metricsListen } = config;
    const probing = probesEndpoint(runProbes({ config, registry, collector, delivering, proxy }), {
      local: metricsListen === undefined && access.local,
    });
    const apis = await startApis(config, access, logger, {
      // A topic tells of its clusters itself.
      ...(!config.kafka && { defaultCluster: async () => (await scopes())[0]?.cluster }),
      admin: delivering.deliveries,
      ...(!metricsListen && { endpoints: [guarded(probing, access.access)] }),
    });
    opened.unshift(apis);
    const probesListener = metricsListen && (await listen([probing], metricsListen));
    if (probesListener) opened.unshift(probesListener);
    const { url } = apis;
    const running = { url, probesUrl: probesListener?.url ?? url, ...(proxy && { proxyUrl: proxy.url }) };
    logger.info({ ...running, data: config.dataDir, version: VERSION }, 'listening');
    onRunning(running);
    await Promise.race([aborted(signal), collector.failed]);
  } finally {
    await stop(collector, opened, logger);
  }
}

function startReloading(
  { onHangup, ...options }: RunReload & Pick<ConfigReloadOptions, 'onReload' | 'logger'>,
  collector: Collector,
  deliveries: StartedDeliveries['deliveries'],
): Closable {
  const reloading = new ConfigReload({
    ...options,
    async apply({ sinks, routes }, change) {
      // A sink that is to come begins with what the log holds by then.
      await collector.hold([...deliveries.names, ...sinks.map(({ name }) => name)]);
      try {
        await deliveries.reload({ sinks, routes }, change);
      } finally {
        await collector.hold(deliveries.names);
      }
    },
  });
  const end = onHangup?.(() => void reloading.reload());
  return {
    async close() {
      end?.();
      await reloading.close();
    },
  };
}

async function stop(collector: Collector, opened: readonly Closable[], logger: Logger): Promise<void> {
  const deadline = performance.now() + STOP_TIMEOUT_MS;
  // What was delivered is acknowledged through the collector, so it ends after the sinks.
  const closing = closeAll(opened);
  try {
    if (!(await isDoneWithin(closing, STOP_DELIVERIES_MS))) {
      logger.warn('stopped before every sink had ended; what was not acknowledged is delivered again');
    }
  } catch (error) {
    logger.warn({ error: messageOf(error) }, 'cannot end deliveries; what was not acknowledged is delivered again');
  }
  try {
    await collector.stop(deadline - performance.now());
    logger.info('stopped; everything received is committed');
  } catch (error) {
    // Nothing is lost: the position stands where the last commit left it.
    logger.warn({ error }, 'stopped before everything received was committed; it will be read again');
  }
}
