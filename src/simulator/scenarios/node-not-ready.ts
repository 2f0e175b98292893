/**
 * A node that stops answering: after 50 seconds the node controller calls it not ready, after five minutes more its
 * pods are evicted, and then it comes back from a reboot.
 *
 * https://github.com/kubernetes/kubernetes/blob/v1.35.4/pkg/controller/util/node/controller_utils.go
 * https://github.com/kubernetes/kubernetes/blob/v1.35.4/pkg/controller/tainteviction/taint_eviction.go
 * https://github.com/kubernetes/kubernetes/blob/v1.35.4/pkg/kubelet/nodestatus/setters.go
 * https://github.com/kubernetes/kubernetes/blob/v1.35.4/pkg/kubelet/kubelet_node_status.go
 */
import type { Emission } from '../emission.ts';
import { controller, kubelet } from '../reporters.ts';
import { CART, INVOICES, THUMBNAILS } from '../workloads.ts';
import {
  deletePod,
  kubeletsNode,
  type NodeObject,
  newPod,
  newReplicaSet,
  newTag,
  type Pod,
  type ReplicaSet,
  referenceTo,
  referenceToNode,
  type Workload,
  type World,
} from '../world.ts';
import { minutes, replicaStarts } from './_pod-life.ts';

interface Replica {
  readonly workload: Workload;
  readonly replicaSet: ReplicaSet;
  readonly pod: Pod;
}

export function* nodeNotReady(world: World): Generator<Emission, never> {
  for (let pauseMs = minutes(2); ; pauseMs = minutes(world.random.int(50, 160))) {
    const node = world.random.pick(world.nodes);
    const replicas = [CART, INVOICES, THUMBNAILS].map((workload) => onNode(world, workload, node));
    yield {
      afterMs: pauseMs,
      by: controller('node-controller'),
      about: referenceToNode(node),
      type: 'Normal',
      reason: 'NodeNotReady',
      message: `Node ${node.name} status is now: NodeNotReady`,
    };
    for (const { pod } of replicas) {
      yield {
        afterMs: world.random.int(5, 30),
        by: controller('node-controller'),
        about: referenceTo(world, 'Pod', pod),
        type: 'Warning',
        reason: 'NodeNotReady',
        message: 'Node is not ready',
      };
    }
    yield* evicted(world, node, replicas);
    yield* comesBack(world, node);
  }
}

function onNode(world: World, workload: Workload, node: NodeObject): Replica {
  const replicaSet = newReplicaSet(world, workload);
  return { workload, replicaSet, pod: newPod(world, workload, replicaSet, newTag(world), node) };
}

function* evicted(world: World, node: NodeObject, replicas: readonly Replica[]): Generator<Emission, void> {
  for (const [i, { pod }] of replicas.entries()) {
    // Pods tolerate an unreachable node for 300 seconds by default.
    yield {
      afterMs: i === 0 ? minutes(5) : world.random.int(1, 20),
      by: controller('taint-eviction-controller'),
      // This controller knows a pod by name alone.
      about: { kind: 'Pod', namespace: pod.namespace, name: pod.name, apiVersion: 'v1' },
      type: 'Normal',
      reason: 'TaintManagerEviction',
      message: `Marking for deletion Pod ${pod.namespace}/${pod.name}`,
    };
    deletePod(world, pod);
  }
  const others = world.nodes.filter((other) => other !== node);
  for (const { workload, replicaSet } of replicas) {
    yield* replicaStarts(world, workload, replicaSet, newTag(world), world.random.pick(others));
  }
}

function* comesBack(world: World, node: NodeObject): Generator<Emission, void> {
  const says = (afterMs: number, type: Emission['type'], reason: string, message: string): Emission => ({
    afterMs,
    by: kubelet(node.name),
    about: kubeletsNode(node),
    type,
    reason,
    message,
  });
  const isNow = (reason: string): string => `Node ${node.name} status is now: ${reason}`;
  yield says(minutes(world.random.int(1, 4)), 'Normal', 'Starting', 'Starting kubelet.');
  for (const reason of ['NodeHasSufficientMemory', 'NodeHasNoDiskPressure', 'NodeHasSufficientPID']) {
    yield says(8, 'Normal', reason, isNow(reason));
  }
  yield says(40, 'Warning', 'Rebooted', `Node ${node.name} has been rebooted, boot id: ${world.random.uuid()}`);
  yield says(10_000, 'Normal', 'NodeReady', isNow('NodeReady'));
}
