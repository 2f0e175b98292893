/** Against the simulated API server: what is said of objects, what is asked for, and what happens when that fails. */
import { describe, expect, onTestFinished, test, vi } from 'vitest';
import type { Event, ObjectReference } from '../../core/event.ts';
import { type EventRecord, eventRecord } from '../../core/record.ts';
import type { SimulatedObject } from '../../simulator/objects.ts';
import { type Simulator, startSimulator } from '../../simulator/simulator.ts';
import { createLogger } from '../../telemetry/log.ts';
import { createClient } from './client.ts';
import type { ClusterObjectsOptions, ObjectTimings } from './cluster-objects.ts';
import { plainConfig } from './kubeconfig.ts';
import { createKubernetesObjectLookup } from './object-lookup.ts';
import { DEFAULT_TIMINGS } from './watch-timings.ts';

const START = Date.parse('2026-11-21T12:00:00Z');

const WATCH = {
  ...DEFAULT_TIMINGS,
  pageLimit: 3,
  watchTimeoutMs: { min: 1_000, max: 1_000 },
  backoff: { baseMs: 5, capMs: 20 },
};

const DEPLOYMENT = { kind: 'Deployment', namespace: 'shop', name: 'web', uid: 'deployment-uid' };
const REPLICA_SET = { kind: 'ReplicaSet', namespace: 'shop', name: 'web-7d4', uid: 'rs-uid', owner: DEPLOYMENT };
const LABELS = { 'app.kubernetes.io/name': 'web' };

function pod(number: number): SimulatedObject & { readonly namespace: string } {
  return {
    kind: 'Pod',
    namespace: 'shop',
    name: `web-7d4-${number}`,
    uid: `pod-${number}`,
    labels: LABELS,
    owner: REPLICA_SET,
  };
}

interface Setup extends Partial<Pick<ClusterObjectsOptions, 'namespaces' | 'maxBytes'>> {
  readonly timings?: Partial<ObjectTimings>;
}

async function start({ timings, maxBytes = 1_000_000, ...options }: Setup = {}) {
  const simulator = await startSimulator({ speed: 0, start: START, scenarios: [] });
  const { objects } = simulator.cluster;
  for (const object of [DEPLOYMENT, REPLICA_SET, ...[1, 2, 3, 4, 5].map(pod)]) objects.put(object);
  const outcomes: string[] = [];
  const logged: { readonly msg?: string; readonly problem?: string; readonly message?: string }[] = [];
  const lookup = createKubernetesObjectLookup({
    client: createClient(plainConfig(simulator.url)),
    maxBytes,
    logger: createLogger({
      format: 'json',
      level: 'info',
      destination: { write: (line) => logged.push(JSON.parse(line)) },
    }),
    metrics: { looked: (outcome) => outcomes.push(outcome), asked: () => {} },
    timings: { watch: WATCH, ...timings },
    ...options,
  });
  onTestFinished(async () => {
    await lookup.close();
    await simulator.close();
  });
  const of = async (...records: readonly EventRecord[]) => {
    outcomes.length = 0;
    const found = await lookup.lookUp(records);
    return { found, outcomes: [...outcomes].sort() };
  };
  return { simulator, objects, lookup, logged, of, asked: () => Object.fromEntries(simulator.faults.objectRequests) };
}

/** An event about an object, received just now; the simulated cluster's clock stands still. */
function about(
  { kind, namespace, name, uid }: SimulatedObject,
  body: Partial<Event> = {},
  reference: ObjectReference = {},
): EventRecord {
  const apiVersion = { Deployment: 'apps/v1', ReplicaSet: 'apps/v1' }[kind] ?? 'v1';
  const event: Event = {
    metadata: { name: 'e', namespace: 'shop', uid: 'event-uid', resourceVersion: '1' },
    involvedObject: { apiVersion, kind, ...(namespace && { namespace }), name, uid, ...reference },
    lastTimestamp: new Date(START + 60_000).toISOString(),
    ...body,
  };
  const envelope = {
    cluster: 'test',
    epoch: 1,
    scope: '*',
    receivedAt: Date.now(),
    origin: 'watch',
    news: true,
  } as const;
  return eventRecord(event, envelope);
}

const KUBELET: Partial<Event> = { source: { component: 'kubelet', host: 'node-1' } };

describe('an object', () => {
  test('is known with its labels, its owners up to the workload, and the node its kubelet named', async () => {
    const { of } = await start();
    const { found } = await of(about(pod(1), KUBELET));
    const own = { apiVersion: 'apps/v1', kind: 'ReplicaSet', name: 'web-7d4', uid: 'rs-uid', controller: true };
    expect(found).toEqual([
      {
        labels: LABELS,
        annotations: {},
        owners: [
          own,
          { apiVersion: 'apps/v1', kind: 'Deployment', name: 'web', uid: 'deployment-uid', controller: true },
        ],
        ownerReferences: [{ ...own, blockOwnerDeletion: true }],
        node: 'node-1',
        deleted: false,
      },
    ]);
    expect((await of(about(pod(1)))).found).toMatchObject([{ node: 'node-1' }]);
    expect((await of(about(pod(2)))).found[0]).not.toHaveProperty('node');
  });

  test('costs one list of its kind, however many there are, and no request of its own', async () => {
    const { of, asked } = await start();
    const pods = [1, 2, 3, 4, 5].map((number) => about(pod(number)));
    expect((await of(...pods)).outcomes).toEqual(Array(5).fill('miss'));
    expect((await of(...pods, about(DEPLOYMENT))).outcomes).toEqual([...Array(5).fill('hit'), 'miss']);
    // Two pages of pods. What comes in while nobody asks comes by the watch.
    expect(asked()).toMatchObject({ 'list pods': 2, 'list replicasets': 1, 'list deployments': 1 });
    expect(asked()).not.toHaveProperty(['get pods']);
  });

  test('that is changed, created or deleted is known so, by the watch', async () => {
    const { of, objects, lookup, asked } = await start();
    await of(about(pod(1)), about(pod(2)));
    objects.put({ ...pod(1), labels: { tier: 'front' } });
    objects.delete('Pod', 'shop', 'web-7d4-2');
    objects.put(pod(6));
    await vi.waitFor(() => expect(lookup.usage()).toMatchObject({ alive: 6, deleted: 1 }));
    const { found, outcomes } = await of(about(pod(1)), about(pod(2)), about(pod(6)));
    expect(found).toMatchObject([
      { labels: { tier: 'front' }, deleted: false },
      { labels: LABELS, owners: [{ name: 'web-7d4' }, { name: 'web' }], deleted: true },
      { labels: LABELS, deleted: false },
    ]);
    expect(outcomes).toEqual(['hit', 'hit', 'hit']);
    expect(asked()).not.toHaveProperty(['get pods']);
  });

  test('that was gone before anybody asked is gone, without another request where all of its kind is known', async () => {
    const { of, asked } = await start();
    const gone = { ...about(pod(9), KUBELET), receivedAt: Date.now() - 60_000 };
    expect(await of(gone)).toEqual({
      found: [{ labels: {}, annotations: {}, owners: [], ownerReferences: [], node: 'node-1', deleted: true }],
      outcomes: ['gone'],
    });
    expect(asked()).not.toHaveProperty(['get pods']);
    // One that the watch may only be about to show is asked for, once.
    await of(about(pod(9)));
    await of(about(pod(9)));
    expect(asked()).toMatchObject({ 'get pods': 1 });
  });

  test('is never another of its name', async () => {
    const { of } = await start();
    const earlier = { ...pod(1), uid: 'earlier-uid' };
    expect(await of(about(earlier))).toMatchObject({
      found: [{ labels: {}, owners: [], deleted: true }],
      outcomes: ['gone'],
    });
    // Without a UID it is the one that had the name at the event's time.
    const unnamed = { uid: '' };
    const before = { lastTimestamp: new Date(START - 60_000).toISOString() };
    expect((await of(about(pod(1), {}, unnamed))).found).toMatchObject([{ labels: LABELS }]);
    expect((await of(about(pod(1), before, unnamed))).found).toMatchObject([{ labels: {}, deleted: true }]);
  });

  test('that is a node is told by its name, which is what a kubelet gives for its UID', async () => {
    const { of, simulator } = await start();
    const [node] = simulator.cluster.nodes;
    if (!node) throw new Error('no node');
    const named = about({ kind: 'Node', name: node.name, uid: node.name }, KUBELET);
    const told = about({ kind: 'Node', name: node.name, uid: node.uid });
    const known = { labels: { 'kubernetes.io/hostname': node.name }, node: node.name, deleted: false };
    expect((await of(named, told)).found).toMatchObject([known, known]);
  });

  test('of which the event says too little, or whose kind nobody knows, is not found out', async () => {
    const { of } = await start({ namespaces: ['shop'] });
    const records = [
      about(pod(1), {}, { name: '' }),
      about({ kind: 'Widget', name: 'x', uid: 'x-uid' }),
      about(pod(1), {}, { apiVersion: '../../secrets', uid: 'other' }),
      about({ ...pod(1), namespace: '', uid: 'nowhere' }),
    ];
    expect(await of(...records)).toEqual({ found: Array(4).fill(undefined), outcomes: Array(4).fill('unknown') });
  });
});

describe('where it is watched', () => {
  test('goes on after a cut, and lists again after a 410: what is missing then was deleted', async () => {
    const { of, objects, simulator, lookup, asked } = await start();
    await of(about(pod(1)), about(pod(2)));
    simulator.faults.expired('frame', { on: 'objects-watch', times: 2 });
    objects.delete('Pod', 'shop', 'web-7d4-2');
    simulator.faults.cut();
    await vi.waitFor(() => expect(lookup.usage()).toMatchObject({ alive: 5, deleted: 1 }), 5_000);
    expect((await of(about(pod(2)))).found).toMatchObject([{ labels: LABELS, deleted: true }]);
    await vi.waitFor(() => expect(asked()['watch pods']).toBeGreaterThan(2), 5_000);
  });

  test('holds no more than its memory, and asks for the others one by one', async () => {
    const { of, lookup, asked } = await start({
      maxBytes: 1_800,
      timings: { requests: { perSecond: 1_000, burst: 1_000 } },
    });
    const pods = [1, 2, 3, 4, 5].map((number) => about(pod(number)));
    await of(...pods);
    for (const record of pods) expect((await of(record)).found).toMatchObject([{ labels: LABELS }]);
    expect(lookup.usage().bytes).toBeLessThanOrEqual(1_800);
    expect(asked()['get pods']).toBeGreaterThan(0);
    // It stopped listing when it was full.
    expect(asked()['list pods']).toBe(1);
  });

  test('is one namespace where only that is watched; others are asked for one by one', async () => {
    const { of, objects, asked } = await start({ namespaces: ['shop'] });
    objects.put({ ...pod(7), namespace: 'other' });
    const { found } = await of(about(pod(1)), about({ ...pod(7), namespace: 'other' }));
    expect(found).toMatchObject([{ labels: LABELS }, { labels: LABELS }]);
    expect(asked()).toMatchObject({ 'list pods': 2, 'get pods': 1 });
  });
});

describe('what may not be read', () => {
  test('is said once, by the rule that is missing, and read as soon as it may be', async () => {
    const { of, simulator, logged } = await start({ timings: { refusedMs: 50 } });
    simulator.faults.refuseObjects('pods');
    for (const number of [1, 2]) {
      expect(await of(about(pod(number)))).toEqual({ found: [undefined], outcomes: ['refused'] });
    }
    const asked = () => simulator.faults.objectRequests.get('list pods') ?? 0;
    await vi.waitFor(() => expect(asked()).toBeGreaterThan(3), 5_000);
    expect(logged).toMatchObject([{ message: 'objects stay without labels and owners' }]);
    expect(logged[0]?.problem).toMatch(
      /^RBAC rule missing: verbs "list" and "watch" on resource "pods" in the cluster: /,
    );
    simulator.faults.allow();
    await vi.waitFor(async () => expect((await of(about(pod(1)))).found).toMatchObject([{ labels: LABELS }]), 5_000);
    expect(logged.slice(1)).toMatchObject([{ message: 'metadata can be read again' }]);
  });

  test('where it is asked for one by one is said once, too, and not asked for again and again', async () => {
    const { of, simulator, logged, asked } = await start({ namespaces: ['other'] });
    simulator.faults.refuseObjects('pods');
    for (const number of [1, 2, 3]) {
      expect(await of(about(pod(number)))).toEqual({ found: [undefined], outcomes: ['refused'] });
    }
    expect(asked()).toEqual({ 'get pods': 1 });
    expect(logged).toHaveLength(1);
    expect(logged[0]?.problem).toMatch(/^RBAC rule missing: verb "get" on resource "pods": /);
  });

  test('of the owners alone leaves out the owners above', async () => {
    const { of, simulator } = await start();
    simulator.faults.refuseObjects('replicasets');
    expect((await of(about(pod(1)))).found).toMatchObject([{ labels: LABELS, owners: [{ kind: 'ReplicaSet' }] }]);
  });
});

describe('a server that does not answer', () => {
  test('holds nobody up for longer than is allowed, and then nobody at all for a while', async () => {
    const timings = { listWaitMs: 150, requestWaitMs: 1_000, impatienceMs: 60_000 };
    const { of, simulator } = await start({ timings });
    for (const on of ['objects-list', 'objects-get'] as const) simulator.faults.hang({ on, times: 50 });
    const began = performance.now();
    expect((await of(about(pod(1)), about(pod(2)))).outcomes).toEqual(['late', 'late']);
    expect(performance.now() - began).toBeLessThan(5_000);
    const then = performance.now();
    expect((await of(about(pod(3)))).outcomes).toEqual(['late']);
    expect(performance.now() - then).toBeLessThan(900);
  });

  test('and is given up when it ends', async () => {
    const { of, simulator, lookup } = await start({ timings: { listWaitMs: 60_000 } });
    simulator.faults.hang({ on: 'objects-list', times: 50 });
    const answer = of(about(pod(1)));
    await vi.waitFor(() => expect(simulator.faults.objectRequests.has('list pods')).toBe(true));
    await lookup.close();
    expect((await answer).outcomes).toEqual(['late']);
  });

  test('is asked for no more than is allowed', async () => {
    const timings = { requestWaitMs: 5_000, requests: { perSecond: 0.1, burst: 4 } };
    const { of, asked } = await start({ timings, namespaces: ['other'] });
    const { outcomes } = await of(...[1, 2, 3, 4, 5].map((number) => about(pod(number))));
    // Discovery was one of the four; owners would be asked for next.
    expect(asked()).toEqual({ 'get pods': 3 });
    expect(outcomes).toEqual(['late', 'late', 'miss', 'miss', 'miss']);
  });
});

test('objects of a scenario are found with their owners, from the simulated cluster as it is', async () => {
  const simulator: Simulator = await startSimulator({ speed: 0, seed: 3, scenarios: ['rollout'], pastMs: 600_000 });
  const lookup = createKubernetesObjectLookup({
    client: createClient(plainConfig(simulator.url)),
    maxBytes: 1_000_000,
    logger: createLogger({ format: 'json', level: 'error' }),
    metrics: { looked: () => {}, asked: () => {} },
  });
  onTestFinished(async () => {
    await lookup.close();
    await simulator.close();
  });
  const listed = (await (await fetch(`${simulator.url}/api/v1/events`)).json()) as { items: Event[] };
  const started = listed.items.filter(({ reason }) => reason === 'Started');
  const envelope = {
    cluster: 'test',
    epoch: 1,
    scope: '*',
    receivedAt: Date.now(),
    origin: 'list',
    news: true,
  } as const;
  const found = await lookup.lookUp(started.map((event) => eventRecord(event, envelope)));
  const alive = found.filter((object) => object?.deleted === false);
  expect(alive.length).toBeGreaterThan(1);
  for (const object of alive) expect(object?.owners.map(({ kind }) => kind)).toEqual(['ReplicaSet', 'Deployment']);
});
