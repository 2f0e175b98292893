/**
 * A HorizontalPodAutoscaler follows the load, and is blind for a while when the metrics API gives nothing.
 *
 * https://github.com/kubernetes/kubernetes/blob/v1.35.4/pkg/controller/podautoscaler/horizontal.go
 */
import type { Emission } from '../emission.ts';
import { controller } from '../reporters.ts';
import { CHECKOUT } from '../workloads.ts';
import { newReplicaSet, newTag, type Pod, type ReplicaSet, referenceTo, uidOf, type World } from '../world.ts';
import { deploymentScales, minutes, podStops, replicaSetSays, replicaStarts } from './_pod-life.ts';

const LEAST = 3;
const SYNC_MS = 15_000;

export function* hpa(world: World): Generator<Emission, never> {
  const replicaSet = newReplicaSet(world, CHECKOUT);
  const tag = newTag(world);
  for (let pauseMs = 30_000; ; pauseMs = minutes(world.random.int(8, 20))) {
    const size = LEAST + world.random.int(1, 4);
    const reason = 'cpu resource utilization (percentage of request) above target';
    yield rescaled(world, pauseMs, size, reason);
    yield deployment(world, replicaSet, LEAST, size);
    const pods: Pod[] = [];
    for (let i = LEAST; i < size; i += 1) pods.push(yield* replicaStarts(world, CHECKOUT, replicaSet, tag));
    if (world.random.chance(0.6)) yield* blind(world);
    // Scaling down waits for five minutes of less load.
    yield rescaled(world, minutes(world.random.int(6, 11)), LEAST, 'All metrics below target');
    yield deployment(world, replicaSet, size, LEAST);
    for (const pod of pods) {
      yield replicaSetSays(world, replicaSet, 15, 'SuccessfulDelete', `Deleted pod: ${pod.name}`);
      yield* podStops(world, pod, world.random.int(20, 100));
    }
  }
}

function deployment(world: World, replicaSet: ReplicaSet, from: number, to: number): Emission {
  const uid = uidOf(world, 'Deployment', CHECKOUT.namespace, CHECKOUT.name);
  return deploymentScales(world, CHECKOUT, uid, replicaSet, from, to);
}

function rescaled(world: World, afterMs: number, size: number, reason: string): Emission {
  return autoscaler(world, afterMs, 'Normal', 'SuccessfulRescale', `New size: ${size}; reason: ${reason}`);
}

function* blind(world: World): Generator<Emission, void> {
  const error =
    'failed to get cpu utilization: unable to get metrics for resource cpu: no metrics returned from resource metrics API';
  const invalid = `invalid metrics (1 invalid out of 1), first error is: failed to get cpu resource metric value: ${error}`;
  for (let syncs = world.random.int(6, 24); syncs > 0; syncs -= 1) {
    yield autoscaler(world, SYNC_MS, 'Warning', 'FailedGetResourceMetric', error);
    yield autoscaler(world, 1, 'Warning', 'FailedComputeMetricsReplicas', invalid);
  }
}

function autoscaler(world: World, afterMs: number, type: Emission['type'], reason: string, message: string): Emission {
  const { namespace, name } = CHECKOUT;
  const uid = uidOf(world, 'HorizontalPodAutoscaler', namespace, name);
  const about = referenceTo(world, 'HorizontalPodAutoscaler', { namespace, name, uid });
  return { afterMs, by: controller('horizontal-pod-autoscaler'), about, type, reason, message };
}
