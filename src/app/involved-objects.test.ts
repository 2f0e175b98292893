/** What is known of objects on the way from a simulated cluster to sinks. */
import { describe, expect, onTestFinished, test, vi } from 'vitest';
import { temporaryDirectory } from '../../test/helpers/temporary-directory.ts';
import type { Message } from '../component/message.ts';
import { defineSink, type Needs } from '../component/sink.ts';
import type { SinkConfig } from '../component/sink-config.ts';
import type { EventRecord } from '../core/record.ts';
import { compileFilter } from '../lang/filter.ts';
import type { Route } from '../pipeline/route-config.ts';
import { startSimulator } from '../simulator/simulator.ts';
import { createLogger } from '../telemetry/log.ts';
import { createDeliveryMetrics } from '../telemetry/sink-metrics.ts';
import { InvolvedObjects } from './involved-objects.ts';
import { run } from './run.ts';
import { testEvent } from './test-event.ts';

function sinkOf(name: string, needs?: Needs): { readonly messages: Message[]; readonly config: SinkConfig } {
  const messages: Message[] = [];
  const definition = defineSink({
    type: name,
    summary: '',
    delivery: '',
    config: {},
    limits: { maxRecords: 100, maxBytes: 1_000_000 },
    concurrency: 1,
    examples: [],
    create: () => ({
      ...(needs && { needs }),
      encode: (message) => ({ value: message, bytes: 1_000 }),
      async deliver(batch: readonly Message[]) {
        messages.push(...batch);
        return batch.map(() => ({ status: 'ok' }) as const);
      },
      close: async () => {},
    }),
  });
  const batch = { records: 100, bytes: 1_000_000 };
  return { messages, config: { name, definition, settings: {}, from: { kind: 'beginning' }, batch } };
}

async function running(sinks: readonly SinkConfig[], routes: readonly Route[] = []) {
  const simulator = await startSimulator({ seed: 3, speed: 0, scenarios: ['rollout'], pastMs: 600_000 });
  const stopping = new AbortController();
  const started = Promise.withResolvers<string>();
  const ended = run(
    {
      dataDir: temporaryDirectory(),
      clusters: [{ name: 'sim', server: simulator.url }],
      sinks,
      routes,
      retention: { hold: { bytes: 1_000_000 } },
      listen: { host: '127.0.0.1', port: 0 },
      windowMs: 86_400_000,
      log: { format: 'json', level: 'error' },
    },
    ({ probesUrl }) => started.resolve(probesUrl),
    stopping.signal,
  );
  ended.catch(started.reject);
  onTestFinished(async () => {
    stopping.abort();
    await ended;
    await simulator.close();
  });
  const url = await started.promise;
  const metrics = async () => (await fetch(`${url}/metrics`)).text();
  return { simulator, metrics };
}

describe('a sink', () => {
  test('that sends what is known of objects gets it, and one that does not, does not', async () => {
    const [rich, plain] = [sinkOf('rich', { object: true }), sinkOf('plain')];
    const { simulator, metrics } = await running([rich.config, plain.config]);
    const { size } = simulator.cluster.store;
    await vi.waitFor(() => expect([rich.messages.length, plain.messages.length]).toEqual([size, size]), 15_000);
    const started = rich.messages.find(({ record, object }) => record.body.reason === 'Started' && !object?.deleted);
    expect(started?.object).toMatchObject({
      labels: { 'app.kubernetes.io/name': expect.any(String) },
      owners: [{ kind: 'ReplicaSet' }, { kind: 'Deployment' }],
      node: started?.record.body.source?.host,
    });
    expect(plain.messages.filter(({ object }) => object)).toEqual([]);
    const text = await metrics();
    expect(text).toMatch(/^tidings_object_lookups_total\{cluster="sim",outcome="miss"\} [1-9]/m);
    expect(text).toMatch(/^tidings_object_requests_total\{cluster="sim",verb="watch"\} [1-9]/m);
    expect(text).toMatch(/^tidings_object_cache_objects\{cluster="sim",state="alive"\} [1-9]/m);
    expect(text).toMatch(/^tidings_object_cache_bytes\{cluster="sim"\} [1-9]/m);
  });

  test('that nobody asks for anything costs no request', async () => {
    const plain = sinkOf('plain');
    const { simulator } = await running([plain.config]);
    await vi.waitFor(() => expect(plain.messages).toHaveLength(simulator.cluster.store.size), 15_000);
    expect(simulator.faults.objectRequests.size).toBe(0);
  });

  test('gets what a route selects by labels and owners', async () => {
    const sink = sinkOf('chat');
    const match = compileFilter(
      'has(object.owners.Deployment) && object.labels["app.kubernetes.io/part-of"] == "shop"',
      {
        otherwise: false,
        onError: () => {},
      },
    );
    const shared = { labels: {}, redact: [], continue: false, routes: [] };
    const { simulator } = await running([sink.config], [{ ...shared, match, sinks: ['chat'] }]);
    await vi.waitFor(() => expect(sink.messages.length).toBeGreaterThan(0), 15_000);
    const kinds = new Set(sink.messages.map(({ record }) => record.subject.kind));
    expect([...kinds].filter((kind) => kind !== 'Pod' && kind !== 'ReplicaSet')).toEqual([]);
    expect(sink.messages.length).toBeLessThan(simulator.cluster.store.size);
  });
});

describe('InvolvedObjects', () => {
  test('asks each cluster for its own', async () => {
    const clusters = await Promise.all([1, 2].map((seed) => startSimulator({ seed, speed: 0, scenarios: [] })));
    const objects = new InvolvedObjects({
      clusters: clusters.map(({ url }, index) => ({ name: `c${index}`, server: url })),
      registry: createDeliveryMetrics().registry,
      logger: createLogger({ format: 'json', level: 'error' }),
    });
    onTestFinished(async () => {
      await objects.close();
      await Promise.all(clusters.map((cluster) => cluster.close()));
    });
    const [first, second] = clusters.map(({ cluster }) => cluster.nodes[0]);
    const about = (cluster: string, uid: string | undefined): EventRecord => ({
      ...testEvent(new Date()),
      cluster,
      subject: { apiVersion: 'v1', kind: 'Node', name: 'node-1', ...(uid && { uid }) },
    });
    const records = [
      about('c1', second?.uid),
      about('c0', first?.uid),
      about('c0', second?.uid),
      about('c2', first?.uid),
    ];
    expect((await objects.lookUp(records)).map((object) => object?.deleted)).toEqual([false, false, true, undefined]);
  });

  test('knows nothing of a cluster that is not configured, nor by a kubeconfig that cannot be used, and says that', async () => {
    const lines: string[] = [];
    const logger = createLogger({ format: 'json', level: 'warn', destination: { write: (line) => lines.push(line) } });
    const { registry } = createDeliveryMetrics();
    const objects = new InvolvedObjects({ clusters: [{ kubeconfig: '/nowhere' }], registry, logger });
    const record = testEvent(new Date());
    expect(await objects.lookUp([record, record])).toEqual([undefined, undefined]);
    expect(await objects.lookUp([record])).toEqual([undefined]);
    expect(lines).toHaveLength(1);
    expect(lines[0]).toContain('/nowhere');
    await objects.close();
  });
});
