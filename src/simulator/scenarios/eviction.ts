/**
 * A node runs out of memory and the kubelet evicts the pod that uses most above its request.
 *
 * https://github.com/kubernetes/kubernetes/blob/v1.35.4/pkg/kubelet/eviction/eviction_manager.go
 * https://github.com/kubernetes/kubernetes/blob/v1.35.4/pkg/kubelet/eviction/helpers.go
 */
import type { Emission } from '../emission.ts';
import { kubelet } from '../reporters.ts';
import { THUMBNAILS } from '../workloads.ts';
import {
  kubeletsNode,
  type NodeObject,
  newPod,
  newReplicaSet,
  newTag,
  type Pod,
  referenceTo,
  type World,
} from '../world.ts';
import { minutes, podStops, replicaStarts } from './_pod-life.ts';

export function* eviction(world: World): Generator<Emission, never> {
  for (let pauseMs = minutes(1); ; pauseMs = minutes(world.random.int(30, 80))) {
    const replicaSet = newReplicaSet(world, THUMBNAILS);
    const tag = newTag(world);
    const pod = newPod(world, THUMBNAILS, replicaSet, tag);
    yield nodeSays(pod.node, pauseMs, 'Warning', 'EvictionThresholdMet', 'Attempting to reclaim memory');
    yield isNow(pod.node, 300, 'NodeHasInsufficientMemory');
    yield evicted(world, pod);
    yield* podStops(world, pod, 40);
    yield* replicaStarts(world, THUMBNAILS, replicaSet, tag);
    // The condition stays for five minutes after the pressure.
    yield isNow(pod.node, minutes(5), 'NodeHasSufficientMemory');
  }
}

function evicted(world: World, pod: Pod): Emission {
  const usage = `${world.random.int(1_150_000, 1_900_000)}Ki`;
  const available = `${world.random.int(60_000, 99_000)}Ki`;
  return {
    afterMs: world.random.int(200, 900),
    by: kubelet(pod.node.name),
    about: referenceTo(world, 'Pod', pod),
    type: 'Warning',
    reason: 'Evicted',
    message:
      `The node was low on resource: memory. Threshold quantity: 100Mi, available: ${available}. ` +
      `Container ${pod.container} was using ${usage}, request is 512Mi, has larger consumption of memory. `,
    annotations: {
      offending_containers: pod.container,
      offending_containers_usage: usage,
      starved_resource: 'memory',
    },
  };
}

function isNow(node: NodeObject, afterMs: number, reason: string): Emission {
  return nodeSays(node, afterMs, 'Normal', reason, `Node ${node.name} status is now: ${reason}`);
}

function nodeSays(
  node: NodeObject,
  afterMs: number,
  type: Emission['type'],
  reason: string,
  message: string,
): Emission {
  return { afterMs, by: kubelet(node.name), about: kubeletsNode(node), type, reason, message };
}
