/**
 * What a kubelet and the scheduler say about a pod that starts and stops.
 *
 * https://github.com/kubernetes/kubernetes/blob/v1.35.4/pkg/scheduler/schedule_one.go
 * https://github.com/kubernetes/kubernetes/blob/v1.35.4/pkg/kubelet/images/image_manager.go
 * https://github.com/kubernetes/kubernetes/blob/v1.35.4/pkg/kubelet/kuberuntime/kuberuntime_container.go
 */
import type { Emission } from '../emission.ts';
import { controller, kubelet, SCHEDULER } from '../reporters.ts';
import {
  deletePod,
  newPod,
  type Pod,
  type ReplicaSet,
  referenceTo,
  referenceToContainer,
  type Workload,
  type World,
} from '../world.ts';

/** Something the kubelet says about the pod's container. */
export function containerSays(
  world: World,
  pod: Pod,
  afterMs: number,
  type: Emission['type'],
  reason: string,
  message: string,
): Emission {
  return { afterMs, by: kubelet(pod.node.name), about: referenceToContainer(world, pod), type, reason, message };
}

export function scheduled(world: World, pod: Pod, afterMs: number): Emission {
  return {
    afterMs,
    by: SCHEDULER,
    about: referenceTo(world, 'Pod', pod),
    type: 'Normal',
    reason: 'Scheduled',
    action: 'Binding',
    message: `Successfully assigned ${pod.namespace}/${pod.name} to ${pod.node.name}`,
  };
}

/** A pod that has just been created gets its node, its image and its container. */
export function* podStarts(world: World, pod: Pod, afterMs = world.random.int(5, 40)): Generator<Emission, void> {
  yield scheduled(world, pod, afterMs);
  yield* imagePulled(world, pod);
  yield* containerStarts(world, pod);
}

export function* imagePulled(world: World, pod: Pod): Generator<Emission, void> {
  yield containerSays(world, pod, world.random.int(500, 1_200), 'Normal', 'Pulling', `Pulling image "${pod.image}"`);
  const pullMs = world.random.int(700, 9_000);
  const took = goDuration(pullMs);
  const size = world.random.int(18_000_000, 240_000_000);
  const message = `Successfully pulled image "${pod.image}" in ${took} (${took} including waiting). Image size: ${size} bytes.`;
  yield containerSays(world, pod, pullMs, 'Normal', 'Pulled', message);
}

export function* containerStarts(world: World, pod: Pod): Generator<Emission, void> {
  yield containerSays(world, pod, world.random.int(30, 150), 'Normal', 'Created', 'Container created');
  yield containerSays(world, pod, world.random.int(60, 250), 'Normal', 'Started', 'Container started');
}

/** A container that has ended starts again from the image that is there. */
export function* containerRestarts(world: World, pod: Pod, afterMs: number): Generator<Emission, void> {
  const message = `Container image "${pod.image}" already present on machine and can be accessed by the pod`;
  yield containerSays(world, pod, afterMs, 'Normal', 'Pulled', message);
  yield* containerStarts(world, pod);
}

/** The kubelet says so, and then the pod is gone. */
export function* podStops(world: World, pod: Pod, afterMs: number): Generator<Emission, void> {
  yield containerSays(world, pod, afterMs, 'Normal', 'Killing', `Stopping container ${pod.container}`);
  deletePod(world, pod);
}

/** https://github.com/kubernetes/kubernetes/blob/v1.35.4/pkg/controller/deployment/sync.go */
export function deploymentScales(
  world: World,
  deployment: Workload,
  uid: string,
  replicaSet: ReplicaSet,
  from: number,
  to: number,
): Emission {
  return {
    afterMs: world.random.int(20, 90),
    by: controller('deployment-controller'),
    about: referenceTo(world, 'Deployment', { ...deployment, uid }),
    type: 'Normal',
    reason: 'ScalingReplicaSet',
    message: `Scaled ${to > from ? 'up' : 'down'} replica set ${replicaSet.name} from ${from} to ${to}`,
  };
}

/** https://github.com/kubernetes/kubernetes/blob/v1.35.4/pkg/controller/controller_utils.go */
export function replicaSetSays(
  world: World,
  replicaSet: ReplicaSet,
  afterMs: number,
  reason: 'SuccessfulCreate' | 'SuccessfulDelete' | 'FailedCreate',
  message: string,
): Emission {
  return {
    afterMs,
    by: controller('replicaset-controller'),
    about: referenceTo(world, 'ReplicaSet', replicaSet),
    type: reason === 'FailedCreate' ? 'Warning' : 'Normal',
    reason,
    message,
  };
}

/** The ReplicaSet makes one more pod, which starts on `node` or any. */
export function* replicaStarts(
  world: World,
  workload: Workload,
  replicaSet: ReplicaSet,
  tag: string,
  node?: Pod['node'],
): Generator<Emission, Pod> {
  const pod = newPod(world, workload, replicaSet, tag, node);
  yield replicaSetSays(world, replicaSet, world.random.int(10, 60), 'SuccessfulCreate', `Created pod: ${pod.name}`);
  yield* podStarts(world, pod);
  return pod;
}

/** Milliseconds as Go prints a duration that was truncated to them. */
function goDuration(ms: number): string {
  return ms < 1_000 ? `${ms}ms` : `${ms / 1_000}s`;
}

export function minutes(count: number): number {
  return count * 60_000;
}
