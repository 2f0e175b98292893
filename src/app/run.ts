import { join } from 'node:path';
import { guarded } from '../api/guarded.ts';
import { type Endpoint, type Listener, listen } from '../api/listener.ts';
import { type Probes, probesEndpoint } from '../api/probes.ts';
import type { Hold } from '../component/history.ts';
import type { SinkConfig } from '../component/sink-config.ts';
import type { ListenAddress } from '../config/fields.ts';
import { messageOf } from '../core/errors.ts';
import type { Retention } from '../pipeline/retention.ts';
import type { Route } from '../pipeline/route-config.ts';
import type { KafkaSourceConfig } from '../sources/kafka/config.ts';
import { openSqliteReader } from '../store/sqlite/sqlite-reader.ts';
import { createLogger, type LogFormat, type Logger, type LogLevel } from '../telemetry/log.ts';
import { createProcessRegistry, createReloadMetrics } from '../telemetry/metrics.ts';
import { createDeliveryMetrics, type DeliveryMetrics } from '../telemetry/sink-metrics.ts';
import { aborted } from '../util/aborted.ts';
import { isDoneWithin } from '../util/is-done-within.ts';
import { type ClusterConfig, type Collector, startCollector } from './collector.ts';
import { ConfigReload, type ConfigReloadOptions } from './config-reload.ts';
import type { ConfigSource } from './config-source.ts';
import { Deliveries } from './deliveries.ts';
import { openEventsApi } from './events-api.ts';
import { InvolvedObjects } from './involved-objects.ts';
import { type AccessConfig, type OpenedAccess, openAccess } from './open-access.ts';
import { openJsonApi } from './open-json-api.ts';
import { readiness, VOLATILE_STORE } from './readiness.ts';
import type { LoadedRunConfig } from './run-config.ts';
import { startAdmin } from './start-admin.ts';
import { type ProxyConfig, type RunningProxy, startProxy } from './start-proxy.ts';
import { STORE_FILE } from './store-file.ts';
import { USER_AGENT, VERSION } from './version.ts';

export interface RunConfig extends AccessConfig {
  readonly dataDir: string;
  /** The data directory goes with the container or pod: little is kept in it, and it is said that it is so. */
  readonly volatile?: boolean;
  readonly clusters: readonly ClusterConfig[];
  /** Its hold is for the sinks. */
  readonly retention: Retention & { readonly hold: Omit<Hold, 'consumers'> };
  /** Instead of clusters. */
  readonly kafka?: KafkaSourceConfig;
  readonly sinks: readonly SinkConfig[];
  /** None: every sink gets everything. */
  readonly routes: readonly Route[];
  /** Absent: probes and metrics are on `listen`. */
  readonly metricsListen?: ListenAddress;
  /** In front of the API server of one of the clusters. */
  readonly proxy?: ProxyConfig;
  /** How long events stay in what the Kubernetes API serves, unless somebody asks for more. */
  readonly windowMs: number;
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

const PROBE_TIMEOUT_MS = 5_000;
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
    const delivering = await startDelivering(config, collector, logger);
    opened.unshift(delivering);
    if (reload) opened.unshift(startReloading({ ...reload, onReload, logger }, collector, delivering.deliveries));
    const access = await openAccess(config, logger);
    opened.unshift(access);
    const api = openEventsApi(config, logger, access, async () => {
      const { scopes } = await collector.status(PROBE_TIMEOUT_MS);
      return scopes[0]?.cluster;
    });
    opened.unshift({ close: () => api.close() });
    const json = openJsonApi(config.dataDir, logger, access, delivering.deliveries);
    opened.unshift(json);
    const scopes = async () => (await collector.status(PROBE_TIMEOUT_MS)).scopes;
    const proxy = config.proxy && (await startProxy({ ...config, proxy: config.proxy }, scopes, logger));
    if (proxy) opened.unshift({ close: () => proxy.end() }, proxy);
    const probing = probesEndpoint(probes({ config, registry, collector, delivering, proxy }), {
      local: config.metricsListen === undefined && access.local,
    });
    const listeners = await listenAll(config, [api.endpoint, json.endpoint], probing, access);
    opened.unshift(...new Set(listeners));
    // Watches end properly before their connections do.
    opened.unshift({ close: () => api.end() }, { close: async () => json.end() });
    const [{ url }, { url: probesUrl }] = listeners;
    const running = { url, probesUrl, ...(proxy && { proxyUrl: proxy.url }) };
    logger.info({ ...running, data: config.dataDir, version: VERSION }, 'listening');
    onRunning(running);
    await Promise.race([aborted(signal), collector.failed]);
  } finally {
    await stop(collector, opened, logger);
  }
}

/** That of the APIs and that of the probes, which may be the same. */
async function listenAll(
  { listen: address, metricsListen }: RunConfig,
  api: readonly Endpoint[],
  probing: Endpoint,
  { access, tls }: OpenedAccess,
): Promise<[Listener, Listener]> {
  const options = { ...(tls && { tls }) };
  if (!metricsListen) {
    const listener = await listen([...api, guarded(probing, access)], address, options);
    return [listener, listener];
  }
  const listener = await listen(api, address, options);
  try {
    return [listener, await listen([probing], metricsListen)];
  } catch (error) {
    await listener.close();
    throw error;
  }
}

interface Delivering {
  readonly deliveries: Deliveries;
  readonly metrics: DeliveryMetrics;
  close(): Promise<void>;
}

/** Also without sinks: there may be some later, and dead letters of earlier ones. */
async function startDelivering(config: RunConfig, collector: Collector, logger: Logger): Promise<Delivering> {
  const { sinks, routes, clusters, dataDir } = config;
  const reader = openSqliteReader({ path: join(dataDir, STORE_FILE) });
  const metrics = createDeliveryMetrics();
  const { writer, appended } = collector;
  const { history, ledger } = reader;
  const opened: Closable[] = [reader];
  try {
    const context = { env: process.env, userAgent: USER_AGENT };
    const objects = new InvolvedObjects({ clusters, registry: metrics.registry, logger });
    const environment = { log: history, history, ledger, writer, appended, objects, metrics, logger, context };
    const deliveries = await Deliveries.start({ ...environment, sinks, routes });
    opened.unshift(deliveries);
    const admin = await startAdmin(deliveries, dataDir, logger);
    if (admin) opened.unshift(admin);
    return { deliveries, metrics, close: () => closeAll(opened) };
  } catch (error) {
    await closeAll(opened);
    throw error;
  }
}

function startReloading(
  { onHangup, ...options }: RunReload & Pick<ConfigReloadOptions, 'onReload' | 'logger'>,
  collector: Collector,
  deliveries: Deliveries,
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

interface Closable {
  close(): Promise<void>;
}

async function closeAll(opened: readonly Closable[]): Promise<void> {
  for (const each of opened) await each.close();
}

interface Probed {
  readonly config: RunConfig;
  readonly registry: ReturnType<typeof createProcessRegistry>;
  readonly collector: Collector;
  readonly delivering: Delivering;
  readonly proxy: RunningProxy | undefined;
}

function probes({ config: { volatile = false }, registry, collector, delivering, proxy }: Probed): Probes {
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
