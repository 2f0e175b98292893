/** `tidings check`: everything `run` needs, tried once, without keeping anything. */
import { access, constants, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { Check } from '../api/probes.ts';
import type { Sink } from '../component/sink.ts';
import type { SinkConfig } from '../component/sink-config.ts';
import { AppError, messageOf } from '../core/errors.ts';
import type { Scope } from '../core/record.ts';
import { filtersOf } from '../pipeline/route.ts';
import { checkTopic } from '../sources/kafka/topic.ts';
import { statusErrorOf } from '../sources/kubernetes/api-response.ts';
import type { KubernetesClient } from '../sources/kubernetes/client.ts';
import { refreshVersion } from '../sources/kubernetes/list-collection.ts';
import { eventsRequest, placeOf, scopesOf } from '../sources/kubernetes/scopes.ts';
import { DEFAULT_TIMINGS } from '../sources/kubernetes/watch-timings.ts';
import { openSqliteHistory } from '../store/sqlite/sqlite-history.ts';
import { createLogger, type Logger } from '../telemetry/log.ts';
import { unlessAborted } from '../util/unless-aborted.ts';
import { checkAccess } from './check-access.ts';
import { checkObjects } from './check-objects.ts';
import type { ClusterConfig } from './collector.ts';
import { connectCluster } from './connect-cluster.ts';
import type { RunConfig } from './run.ts';
import { STORE_FILE } from './store-file.ts';
import { USER_AGENT } from './version.ts';

/** Somebody is waiting. */
const TIMINGS = { ...DEFAULT_TIMINGS, headersTimeoutMs: 10_000, listBodyTimeoutMs: 10_000 };

const SINK_TIMEOUT_MS = 10_000;

export interface Tried extends Check {
  /** What was found of a sink that is well, for people. */
  readonly found?: string;
}

/**
 * Tries the store, every cluster and scope, or the topic, who callers are, every sink, and objects where somebody reads what
 * is known of them; what is wrong is in the checks, it does not reject.
 */
export async function check(config: RunConfig): Promise<readonly Tried[]> {
  const logger = createLogger(config.log);
  const [store, clusters, topic, callers, sinks] = await Promise.all([
    checkStore(config.dataDir),
    Promise.all(config.clusters.map(checkCluster)),
    checkKafka(config),
    checkAccess(config),
    Promise.all(config.sinks.map((sink) => checkSink(sink, logger))),
  ]);
  const readsObjects =
    config.lookUpOwners ||
    sinks.some(({ needsObject }) => needsObject) ||
    filtersOf(config.routes).some(({ variables }) => variables.has('object'));
  const objects = readsObjects ? await Promise.all(config.clusters.map(checkObjects)) : [];
  return [store, ...clusters.flat(), ...objects.flat(), ...topic, ...callers, ...sinks.map(({ tried }) => tried)];
}

interface TriedSink {
  readonly tried: Tried;
  readonly needsObject: boolean;
}

/** Connects, but sends no event. */
async function checkSink({ name, definition, settings }: SinkConfig, logger: Logger): Promise<TriedSink> {
  const what = `sink ${name} (${definition.type})`;
  let sink: Sink | undefined;
  try {
    const context = { name, logger: logger.child({ sink: name }), env: process.env, userAgent: USER_AGENT };
    sink = await definition.create(settings, context);
    const timeout = AbortSignal.timeout(SINK_TIMEOUT_MS);
    const found = await unlessAborted(sink.check?.(timeout) ?? Promise.resolve(undefined), timeout);
    return triedSink(sink, { name: what, found: found ?? 'not tried, since only sending would tell' });
  } catch (error) {
    return triedSink(sink, { name: what, problem: messageOf(error) });
  } finally {
    // Whether it could be used is known by now.
    await sink?.close().catch(() => {});
  }
}

function triedSink(sink: Sink | undefined, tried: Tried): TriedSink {
  return { tried, needsObject: sink?.needs?.object === true };
}

async function checkStore(dataDir: string): Promise<Check> {
  const file = join(dataDir, STORE_FILE);
  return attempt(`store ${file}`, async () => {
    if (!(await exists(file))) return checkDirectory(await existingAncestor(dataDir));
    await access(file, constants.W_OK);
    const history = openSqliteHistory({ path: file });
    await history.close();
  });
}

async function checkDirectory(path: string): Promise<void> {
  if (!(await stat(path)).isDirectory()) throw new AppError('STORE_FAILED', `found the file ${path}, want a directory`);
  await access(path, constants.W_OK | constants.X_OK);
}

async function checkCluster(settings: ClusterConfig, index: number): Promise<Check[]> {
  let client: KubernetesClient | undefined;
  let name = settings.name ?? `clusters[${index}]`;
  try {
    const connected = await connectCluster(settings);
    ({ name, client } = connected);
    const scopes = scopesOf(settings.namespaces);
    return await Promise.all(
      scopes.map((scope) =>
        attempt(`events of ${name} in ${placeOf(scope)} (${connected.server})`, () => read(connected.client, scope)),
      ),
    );
  } catch (error) {
    return [{ name: `cluster ${name}`, problem: messageOf(error) }];
  } finally {
    await client?.close();
  }
}

async function checkKafka({ kafka }: RunConfig): Promise<Check[]> {
  if (!kafka) return [];
  return [await attempt(`topic ${kafka.topic} (${kafka.brokers.join(', ')})`, () => checkTopic(kafka))];
}

/** A list and a watch, because RBAC grants them one by one. */
async function read(client: KubernetesClient, scope: Scope): Promise<void> {
  const request = eventsRequest(scope);
  const signal = new AbortController().signal;
  const { resourceVersion } = await refreshVersion({ client, request, timings: TIMINGS, now: Date.now, signal });
  const watch = await client.request(request.path, {
    query: { ...request.query, watch: true, timeoutSeconds: 1, resourceVersion },
    headersTimeoutMs: TIMINGS.headersTimeoutMs,
  });
  if (watch.status !== 200) throw await statusErrorOf('watch events', watch);
  watch.body.destroy();
}

async function attempt(name: string, action: () => Promise<void>): Promise<Check> {
  try {
    await action();
    return { name };
  } catch (error) {
    return { name, problem: messageOf(error) };
  }
}

async function exists(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    () => false,
  );
}

async function existingAncestor(path: string): Promise<string> {
  return (await exists(path)) || path === dirname(path) ? path : existingAncestor(dirname(path));
}
