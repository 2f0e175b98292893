/** Metadata of objects, against the answers of a kube-apiserver 1.35.4 to the same requests. */
import { describe, expect, onTestFinished, test } from 'vitest';
import { type Simulator, type SimulatorOptions, startSimulator } from './simulator.ts';

const METADATA = 'application/json;as=PartialObjectMetadata;g=meta.k8s.io;v=v1';
const METADATA_LIST = 'application/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1';
const PODS = '/api/v1/pods';

interface Metadata {
  readonly name: string;
  readonly namespace: string;
  readonly uid: string;
  readonly resourceVersion: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly ownerReferences?: readonly { readonly kind: string; readonly name: string; readonly uid: string }[];
}

interface Body {
  readonly kind: string;
  readonly apiVersion: string;
  readonly metadata: Metadata & { readonly continue?: string; readonly remainingItemCount?: number };
  readonly items: readonly { readonly kind?: string; readonly spec?: object; readonly metadata: Metadata }[];
}

async function start(options: SimulatorOptions = {}): Promise<Simulator> {
  const simulator = await startSimulator({ speed: 0, seed: 4, scenarios: ['rollout'], pastMs: 300_000, ...options });
  onTestFinished(() => simulator.close());
  return simulator;
}

async function get(simulator: Simulator, path: string, accept = METADATA_LIST): Promise<Body> {
  const response = await fetch(simulator.url + path, { headers: { accept } });
  return (await response.json()) as Body;
}

describe('objects', () => {
  test('are listed as metadata alone, page by page', async () => {
    const simulator = await start();
    const whole = await get(simulator, PODS);
    expect(whole).toMatchObject({ kind: 'PartialObjectMetadataList', apiVersion: 'meta.k8s.io/v1' });
    expect(whole.items.length).toBeGreaterThan(2);
    for (const item of whole.items) expect(Object.keys(item)).toEqual(['metadata']);
    const first = await get(simulator, `${PODS}?limit=2`);
    expect(first.metadata.remainingItemCount).toBe(whole.items.length - 2);
    const rest = await get(simulator, `${PODS}?limit=500&continue=${first.metadata.continue}`);
    expect([...first.items, ...rest.items]).toEqual(whole.items);
  });

  test('are owned: a pod by its ReplicaSet, and that by its Deployment', async () => {
    const simulator = await start();
    const pod = (await get(simulator, PODS)).items[0]?.metadata;
    const [owner] = pod?.ownerReferences ?? [];
    expect(owner).toMatchObject({ apiVersion: 'apps/v1', kind: 'ReplicaSet', controller: true });
    const path = `/apis/apps/v1/namespaces/${pod?.namespace}/replicasets/${owner?.name}`;
    const replicaSet = await get(simulator, path, METADATA);
    expect(replicaSet).toMatchObject({ kind: 'PartialObjectMetadata', metadata: { uid: owner?.uid } });
    const [workload] = replicaSet.metadata.ownerReferences ?? [];
    const deployments = await get(simulator, `/apis/apps/v1/namespaces/${pod?.namespace}/deployments`);
    expect(deployments.items.map(({ metadata }) => metadata.uid)).toContain(workload?.uid);
  });

  test('are served whole to whoever does not ask for metadata', async () => {
    const simulator = await start();
    const [item] = (await get(simulator, PODS, 'application/json')).items;
    expect(item).toHaveProperty('spec.nodeName');
  });

  test('are watched from a list on; a deleted one is shown once more, and a bookmark comes before the end', async () => {
    const simulator = await start();
    const { items, metadata } = await get(simulator, PODS);
    const pod = items[0]?.metadata;
    if (!pod) throw new Error('no pod');
    simulator.cluster.objects.delete('Pod', pod.namespace, pod.name);
    const query = `watch=1&resourceVersion=${metadata.resourceVersion}&allowWatchBookmarks=true&timeoutSeconds=1`;
    const response = await fetch(`${simulator.url}${PODS}?${query}`, { headers: { accept: METADATA } });
    const frames = (await response.text()).trim().split('\n');
    expect(frames.map((frame) => JSON.parse(frame) as object)).toMatchObject([
      { type: 'DELETED', object: { kind: 'PartialObjectMetadata', metadata: { uid: pod.uid, labels: pod.labels } } },
      { type: 'BOOKMARK', object: { kind: 'PartialObjectMetadata' } },
    ]);
  });

  test('that are gone are not found, and what may not be read is forbidden', async () => {
    const simulator = await start();
    expect(await get(simulator, '/apis/apps/v1/namespaces/shop/deployments/none')).toMatchObject({
      message: 'deployments.apps "none" not found',
      details: { name: 'none', group: 'apps', kind: 'deployments' },
      code: 404,
    });
    simulator.faults.refuseObjects('pods');
    expect(await get(simulator, PODS)).toMatchObject({
      message: 'pods is forbidden: User "tidings" cannot list resource "pods" in API group "" at the cluster scope',
      code: 403,
    });
  });

  test('can be discovered', async () => {
    const simulator = await start();
    const { resources } = (await (await fetch(`${simulator.url}/apis/apps/v1`)).json()) as { resources: unknown[] };
    expect(resources).toContainEqual(expect.objectContaining({ name: 'replicasets', kind: 'ReplicaSet' }));
  });
});
