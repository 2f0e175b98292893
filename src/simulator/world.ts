/** The objects that events are about: nodes, workloads and their pods, with names and UIDs as Kubernetes makes them. */
import type { ObjectReference } from '../core/event.ts';
import type { Objects, OwnerReference } from './objects.ts';
import type { Random } from './random.ts';

/** What a scenario can see of the cluster it plays in. */
export interface World {
  readonly random: Random;
  /** Only to be forked: what comes of it is the same in every scenario. */
  readonly common: Random;
  readonly nodes: readonly NodeObject[];
  /** What the API server serves beside events. */
  readonly objects: Objects;
  /** Simulated time in milliseconds. */
  now(): number;
  /** The cluster's newest: what an object written just now carries. */
  resourceVersion(): string;
}

export interface NodeObject {
  readonly name: string;
  readonly uid: string;
}

/** A workload that makes pods; `image` without a tag. */
export interface Workload {
  readonly kind: 'Deployment' | 'StatefulSet' | 'CronJob';
  readonly namespace: string;
  readonly name: string;
  readonly container: string;
  readonly image: string;
}

export interface Pod {
  readonly namespace: string;
  readonly name: string;
  readonly uid: string;
  readonly node: NodeObject;
  readonly container: string;
  readonly image: string;
}

export interface ReplicaSet {
  readonly namespace: string;
  readonly name: string;
  readonly uid: string;
}

const API_VERSIONS: Readonly<Record<string, string>> = {
  Pod: 'v1',
  PersistentVolumeClaim: 'v1',
  Deployment: 'apps/v1',
  ReplicaSet: 'apps/v1',
  StatefulSet: 'apps/v1',
  Job: 'batch/v1',
  CronJob: 'batch/v1',
  HorizontalPodAutoscaler: 'autoscaling/v2',
};

/** A reference as client-go makes it from an object it has read, in the order the API server prints the fields. */
export function referenceTo(
  world: World,
  kind: string,
  object: { readonly namespace: string; readonly name: string; readonly uid: string },
): ObjectReference {
  const { namespace, name, uid } = object;
  const apiVersion = API_VERSIONS[kind] ?? 'v1';
  return { kind, namespace, name, uid, apiVersion, resourceVersion: world.resourceVersion() };
}

/** A container of a pod. https://github.com/kubernetes/kubernetes/blob/v1.35.4/pkg/kubelet/container/ref.go */
export function referenceToContainer(world: World, pod: Pod): ObjectReference {
  return { ...referenceTo(world, 'Pod', pod), fieldPath: `spec.containers{${pod.container}}` };
}

/** A kubelet does not know its node's UID. https://github.com/kubernetes/kubernetes/blob/v1.35.4/pkg/kubelet/kubelet.go */
export function kubeletsNode(node: NodeObject): ObjectReference {
  return { kind: 'Node', name: node.name, apiVersion: 'v1' };
}

/** The node controller's own reference to a node; nodes have no namespace. */
export function referenceToNode(node: NodeObject): ObjectReference {
  return { kind: 'Node', name: node.name, uid: node.uid, apiVersion: 'v1' };
}

/** The UID of an object that lives as long as the simulated cluster: from its name, so that every scenario agrees on it. */
export function uidOf(world: World, kind: string, namespace: string, name: string): string {
  return world.common.fork(`${kind}/${namespace}/${name}`).uuid();
}

export function newReplicaSet(world: World, workload: Workload): ReplicaSet {
  const replicaSet = {
    namespace: workload.namespace,
    name: `${workload.name}-${world.random.suffix(10)}`,
    uid: world.random.uuid(),
  };
  const labels = { ...labelsOf(workload), 'pod-template-hash': replicaSet.name.slice(workload.name.length + 1) };
  world.objects.put({ kind: 'ReplicaSet', ...replicaSet, labels, owner: ownerOf(world, workload) });
  return replicaSet;
}

/** One run of a CronJob. */
export function newJob(world: World, workload: Workload, name: string): ReplicaSet {
  const job = { namespace: workload.namespace, name, uid: world.random.uuid() };
  world.objects.put({ kind: 'Job', ...job, labels: labelsOf(workload), owner: ownerOf(world, workload) });
  return job;
}

/** A pod of `owner`, which is there as an object of the API until it is deleted; on any node unless one is named. */
export function newPod(world: World, workload: Workload, owner: ReplicaSet, tag: string, node?: NodeObject): Pod {
  const pod = podOf(world, workload, owner.name, tag, node);
  putPod(world, pod, workload, workload.kind === 'CronJob' ? 'Job' : 'ReplicaSet', owner);
  return pod;
}

/** The pod of a StatefulSet, which keeps its name; what it was before is gone. */
export function newReplica(world: World, workload: Workload, tag: string): Pod {
  const pod = { ...podOf(world, workload, workload.name, tag), name: `${workload.name}-0` };
  world.objects.delete('Pod', pod.namespace, pod.name);
  putPod(world, pod, workload, workload.kind, ownerOf(world, workload));
  return pod;
}

function putPod(world: World, pod: Pod, workload: Workload, kind: string, { name, uid }: NodeObject): void {
  world.objects.put({
    kind: 'Pod',
    namespace: pod.namespace,
    name: pod.name,
    uid: pod.uid,
    labels: labelsOf(workload),
    annotations: { 'example.com/runbook': `https://runbooks.example.com/${workload.name}` },
    owner: { kind, name, uid },
    spec: { nodeName: pod.node.name },
  });
}

export function deletePod(world: World, { namespace, name }: Pod): void {
  world.objects.delete('Pod', namespace, name);
}

/** The workload itself, as an object of the API. */
function ownerOf(world: World, { kind, namespace, name, ...workload }: Workload): OwnerReference {
  const uid = uidOf(world, kind, namespace, name);
  if (!world.objects.has(kind, namespace, name)) {
    world.objects.put({ kind, namespace, name, uid, labels: labelsOf({ kind, namespace, name, ...workload }) });
  }
  return { kind, name, uid };
}

function labelsOf({ namespace, name }: Workload): Record<string, string> {
  return { 'app.kubernetes.io/name': name, 'app.kubernetes.io/part-of': namespace };
}

/** A pod that only events tell of. */
export function podOf(world: World, workload: Workload, owner: string, tag: string, node?: NodeObject): Pod {
  return {
    namespace: workload.namespace,
    name: `${owner}-${world.random.suffix(5)}`,
    uid: world.random.uuid(),
    node: node ?? world.random.pick(world.nodes),
    container: workload.container,
    image: `${workload.image}:${tag}`,
  };
}

export function newTag(world: World): string {
  return `${world.random.int(1, 4)}.${world.random.int(0, 18)}.${world.random.int(0, 9)}`;
}

export function newNodes(random: Random, count: number): NodeObject[] {
  return Array.from({ length: count }, (_, i) => ({ name: `node-${i + 1}`, uid: random.uuid() }));
}
