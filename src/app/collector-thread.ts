/**
 * The collector's thread: it watches, normalises and commits. One thread does all three because a parsed event costs
 * more to hand over to another thread than to store; while it commits, what arrives waits in the sockets' buffers.
 * It answers {@link CollectorRequest}s by {@link CollectorReply}s.
 */
import { type MessagePort, parentPort, workerData } from 'node:worker_threads';
import type { AppendedPage, Log } from '../component/log.ts';
import type { Source } from '../component/source.ts';
import { AppError, messageOf } from '../core/errors.ts';
import { parseTidingsRecord } from '../formats/tidings-record.ts';
import { Ingest } from '../pipeline/ingest.ts';
import { startRetention } from '../pipeline/retention.ts';
import { PAGE_RECORDS } from '../pipeline/shared-pages.ts';
import { startWordIndexing } from '../pipeline/word-indexing.ts';
import type { KafkaSourceConfig } from '../sources/kafka/config.ts';
import { createKafkaSource } from '../sources/kafka/source.ts';
import type { KubernetesClient } from '../sources/kubernetes/client.ts';
import { createKubernetesSource } from '../sources/kubernetes/source.ts';
import { openSqliteStore } from '../store/sqlite/sqlite-store.ts';
import { createLogger, type Logger } from '../telemetry/log.ts';
import { createMetrics, type Metrics } from '../telemetry/metrics.ts';
import type {
  ClusterConfig,
  CollectorConfig,
  CollectorReply,
  CollectorRequest,
  CollectorStatus,
  SentError,
  StoreWriter,
  Write,
} from './collector.ts';
import { connectCluster } from './connect-cluster.ts';
import { sourceMetrics } from './source-metrics.ts';

interface Running {
  readonly store: Pick<StoreWriter, 'acknowledge' | 'addOwners'>;
  readonly ledger: Omit<StoreWriter, 'acknowledge' | 'addOwners'>;
  status(): CollectorStatus;
  metrics(): Promise<string>;
  hold(consumers: readonly string[]): void;
  stop(): Promise<void>;
}

async function start(config: CollectorConfig, onAppended: (page?: AppendedPage) => void): Promise<Running> {
  const logger = createLogger(config.log);
  const metrics = createMetrics();
  const clusters = await Promise.all(config.clusters.map(connectCluster));
  requireDistinctNames(clusters.map(({ name }) => name));
  const store = openSqliteStore({ path: config.storePath, logger });
  let { consumers } = config.hold;
  const log: Pick<Log, 'register' | 'offsets' | 'append'> = {
    register: (cluster) => store.register(cluster),
    offsets: (topic) => store.offsets(topic),
    async append(batches) {
      const appended = await store.append(batches);
      const { occurrences, page } = appended;
      // Few records cost less to hand over than to be read again, as long as somebody follows the log.
      const isHandedOver = consumers.length > 0 && page && page.records.length <= PAGE_RECORDS;
      if (occurrences.length > 0) onAppended(isHandedOver ? page : undefined);
      return appended;
    },
  };
  const ingest = new Ingest({ log, logger, metrics });
  const stopping = new AbortController();
  const watching = clusters.map(({ name, client, settings }) =>
    createSource(name, client, settings, { ingest, logger, metrics }),
  );
  const sources = config.kafka ? [...watching, readKafka(config.kafka, { ingest, logger, metrics })] : watching;
  const runs = sources.map((source) => source.run(stopping.signal));
  const { retention } = config;
  const hold = () => ({ ...config.hold, consumers });
  const bounded = retention.ageMs !== undefined || retention.size !== undefined;
  const stopRetention = bounded ? startRetention({ history: store, ...retention, hold, logger, metrics }) : undefined;
  const stopIndexing = startWordIndexing({ history: store, logger });
  return {
    store,
    ledger: store.ledger,
    status: () => ({ scopes: sources.flatMap((source) => source.status()), ingest: ingest.status() }),
    metrics() {
      metrics.pendingRecords.set(ingest.status().pendingRecords);
      return metrics.registry.metrics();
    },
    hold: (names) => void (consumers = names),
    async stop() {
      stopRetention?.();
      stopIndexing();
      stopping.abort();
      await Promise.all(runs);
      try {
        await ingest.close();
      } finally {
        await Promise.all(clusters.map(({ client }) => client.close()));
        await store.close();
      }
    },
  };
}

/** Names that come from contexts are known only now. */
function requireDistinctNames(names: readonly string[]): void {
  const twice = names.find((name, index) => names.indexOf(name) !== index);
  if (twice === undefined) return;
  const hint = 'Give each of them a name of its own: clusters[].name';
  throw new AppError('CONFIG_INVALID', `clusters: found two named "${twice}", want distinct names`, { hint });
}

function createSource(
  name: string,
  client: KubernetesClient,
  { namespaces, eventTTLMs }: ClusterConfig,
  { ingest, logger, metrics }: { readonly ingest: Ingest; readonly logger: Logger; readonly metrics: Metrics },
): Source {
  const cluster = { name, ...(namespaces && { namespaces }), ...(eventTTLMs !== undefined && { eventTTLMs }) };
  return createKubernetesSource({
    cluster,
    client,
    intake: ingest,
    logger: logger.child({ cluster: name }),
    metrics: sourceMetrics(metrics, name),
  });
}

function readKafka(
  config: KafkaSourceConfig,
  { ingest, logger, metrics }: { readonly ingest: Ingest; readonly logger: Logger; readonly metrics: Metrics },
): Source {
  return createKafkaSource({
    config,
    parse: parseTidingsRecord,
    intake: ingest,
    logger,
    metrics: sourceMetrics(metrics, 'kafka'),
  });
}

async function serve(port: MessagePort): Promise<void> {
  const reply = (message: CollectorReply) => port.postMessage(message);
  let running: Running;
  try {
    running = await start(workerData as CollectorConfig, (page) => reply({ type: 'appended', page }));
  } catch (error) {
    reply({ type: 'failed', ...sent(error) });
    return;
  }
  reply({ type: 'started' });
  port.on('message', (request: CollectorRequest) => {
    const { id, type } = request;
    answer(running, request).then(
      (value) => {
        reply({ type: 'answer', id, value });
        if (type === 'stop') port.close();
      },
      (error: unknown) => reply({ type: 'error', id, ...sent(error) }),
    );
  });
}

async function answer(running: Running, request: CollectorRequest): Promise<unknown> {
  if (request.type === 'write') return write(running, request);
  if (request.type === 'hold') return running.hold(request.consumers);
  return running[request.type]();
}

function write({ store, ledger }: Running, write: Write): Promise<void> {
  switch (write.method) {
    case 'acknowledge':
      return store.acknowledge(...write.args);
    case 'addOwners':
      return store.addOwners(...write.args);
    case 'addDeadLetters':
      return ledger.addDeadLetters(...write.args);
    case 'removeDeadLetters':
      return ledger.removeDeadLetters(...write.args);
    case 'setPaused':
      return ledger.setPaused(...write.args);
    case 'forget':
      return ledger.forget(...write.args);
    case 'addGap':
      return ledger.addGap(...write.args);
  }
}

function sent(error: unknown): SentError {
  const { code, hint } = error instanceof AppError ? error : { code: undefined, hint: undefined };
  return { code, message: messageOf(error), hint };
}

if (parentPort) await serve(parentPort);
