/** A source of one cluster that watches a scripted server with short timings, and everything it hands over. */
import { expect, onTestFinished, vi } from 'vitest';
import type { Batch, ClusterIdentity, Position } from '../../src/component/log.ts';
import type { Intake, Source } from '../../src/component/source.ts';
import type { Break } from '../../src/core/coverage.ts';
import { createClient } from '../../src/sources/kubernetes/client.ts';
import { plainConfig } from '../../src/sources/kubernetes/kubeconfig.ts';
import { createKubernetesSource, type KubernetesSourceOptions } from '../../src/sources/kubernetes/source.ts';
import type { WatchTimings } from '../../src/sources/kubernetes/watch-timings.ts';
import { createLogger } from '../../src/telemetry/log.ts';
import { type Answer, type ScriptedServer, scriptedServer } from './scripted-server.ts';

const TIMINGS: Partial<WatchTimings> = {
  watchTimeoutMs: { min: 1000, max: 1000 },
  watchGraceMs: 300,
  refreshIntervalMs: 250,
  headersTimeoutMs: 500,
  listBodyTimeoutMs: 500,
  backoff: { baseMs: 5, capMs: 20 },
};

export function event(
  name: string,
  resourceVersion: number,
  fields: Record<string, unknown> = {},
): Record<string, unknown> {
  const metadata = { name, namespace: 'shop', uid: `uid-${name}`, resourceVersion: String(resourceVersion) };
  return { metadata, involvedObject: { kind: 'Pod', name: 'web-0' }, reason: 'Started', ...fields };
}

export function frame(type: string, object: Record<string, unknown>): string {
  return `${JSON.stringify({ type, object: { kind: 'Event', apiVersion: 'v1', ...object } })}\n`;
}

/** The Status of a position or continue token that was compacted away. */
export const expired = { kind: 'Status', code: 410, reason: 'Expired', message: 'too old resource version: 5 (90)' };

/** A list of one page, or a refresh. */
export function list(resourceVersion: number, ...items: readonly unknown[]): Answer {
  return (reply) =>
    reply.json(200, { kind: 'EventList', metadata: { resourceVersion: String(resourceVersion) }, items });
}

/** A watch that sends frames and then stays open, until the timeout it was asked for. */
export function watch(...frames: readonly string[]): Answer {
  return (reply, { query }) => {
    reply.begin();
    for (const text of frames) reply.chunk(text);
    setTimeout(() => reply.end(), Number(query['timeoutSeconds']) * 1000 + 5).unref();
  };
}

export interface Harness {
  readonly server: ScriptedServer;
  readonly source: Source;
  readonly batches: Batch[];
  readonly registered: ClusterIdentity[];
  readonly counted: Map<string, number>;
  readonly logged: string[];
  readonly stop: () => Promise<void>;
}

interface HarnessOptions {
  readonly epoch?: number;
  readonly positions?: Readonly<Record<string, Partial<Position>>>;
  readonly namespaces?: readonly string[];
  readonly eventTTLMs?: number;
  readonly timings?: Partial<WatchTimings>;
  readonly now?: () => number;
  readonly random?: () => number;
  readonly offer?: (batch: Batch) => Promise<void>;
  readonly nextGroup?: Intake['nextGroup'];
}

export async function startSource(
  script: Parameters<typeof scriptedServer>[0],
  {
    epoch = 1,
    positions = {},
    namespaces,
    eventTTLMs,
    timings = {},
    now,
    random,
    offer,
    nextGroup = (take) => take(),
  }: HarnessOptions = {},
): Promise<Harness> {
  const { server, url } = await scriptedServer(script);
  const client = createClient(plainConfig(url));
  const batches: Batch[] = [];
  const registered: ClusterIdentity[] = [];
  const counted = new Map<string, number>();
  const logged: string[] = [];
  const count = (what: string, by = 1): void => void counted.set(what, (counted.get(what) ?? 0) + by);
  const source = createKubernetesSource({
    cluster: { name: 'test', ...(namespaces && { namespaces }), ...(eventTTLMs && { eventTTLMs }) },
    client,
    intake: {
      async register(cluster) {
        registered.push(cluster);
        const known = Object.entries(positions).map(
          ([scope, position]) => [scope, { epoch: 1, resourceVersion: '5', observedUntil: 1000, ...position }] as const,
        );
        return { epoch, positions: new Map(known) };
      },
      offsets: async () => new Map(),
      async offer(batch) {
        await offer?.(batch);
        batches.push(batch);
      },
      nextGroup,
    },
    logger: createLogger({ format: 'json', level: 'debug', destination: { write: (line) => void logged.push(line) } }),
    metrics: counters(count),
    timings: { ...TIMINGS, ...timings },
    ...(now && { now }),
    ...(random && { random }),
  });
  const stopping = new AbortController();
  const run = source.run(stopping.signal);
  const stop = async (): Promise<void> => {
    stopping.abort();
    await run;
  };
  onTestFinished(async () => {
    await stop();
    await client.close();
  });
  return { server, source, batches, registered, counted, logged, stop };
}

function counters(count: (what: string, by?: number) => void): KubernetesSourceOptions['metrics'] {
  return {
    received: (bytes) => count('bytes', bytes),
    frames: (type, by) => count(type, by),
    skipped: (cause) => count(`skipped ${cause}`),
    listed: () => count('lists'),
    watchStarted: () => count('watches'),
    deleted: (deleteClass, by) => count(deleteClass, by),
    broke: (cause) => count(`break ${cause}`),
  };
}

export const names = (batches: readonly Batch[]): string[] =>
  batches.flatMap(({ records }) => records.map(({ body }) => `${body.metadata.name}@${body.metadata.resourceVersion}`));
export const positions = (batches: readonly Batch[]): (string | undefined)[] => batches.map(({ position }) => position);
export const breaks = (batches: readonly Batch[]): Break[] => batches.flatMap((batch) => batch.breaks ?? []);

/** Waits until the last committed position is this one. */
export async function committed({ batches }: Harness, position: string): Promise<void> {
  await vi.waitFor(() => expect(positions(batches).at(-1)).toBe(position), { timeout: 5000, interval: 5 });
}
