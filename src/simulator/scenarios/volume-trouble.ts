/**
 * A database moves to another node while its volume is still attached to the old one; another pod waits for a
 * ConfigMap that nobody made.
 *
 * https://github.com/kubernetes/kubernetes/blob/v1.35.4/pkg/controller/volume/attachdetach/reconciler/reconciler.go
 * https://github.com/kubernetes/kubernetes/blob/v1.35.4/pkg/volume/util/operationexecutor/operation_generator.go
 */
import type { Emission } from '../emission.ts';
import { controller, kubelet } from '../reporters.ts';
import { INVOICES, ORDERS_DATABASE } from '../workloads.ts';
import { newPod, newReplica, newReplicaSet, newTag, type Pod, referenceTo, type World } from '../world.ts';
import { containerRestarts, containerStarts, imagePulled, minutes, podStops, scheduled } from './_pod-life.ts';

// The controller detaches a volume from a node that does not unmount it after six minutes.
// https://github.com/kubernetes/kubernetes/blob/v1.35.4/pkg/controller/volume/attachdetach/config/v1alpha1/defaults.go
const DETACH_MS = minutes(6);

export function* volumeTrouble(world: World): Generator<Emission, never> {
  const volume = `pvc-${world.random.uuid()}`;
  for (let pauseMs = 20_000; ; pauseMs = minutes(world.random.int(12, 25))) {
    yield* moves(world, volume, pauseMs);
    yield* waitsForConfigMap(world);
  }
}

function* moves(world: World, volume: string, pauseMs: number): Generator<Emission, void> {
  const pod = newReplica(world, ORDERS_DATABASE, '17.5');
  yield scheduled(world, pod, pauseMs);
  const attach = (afterMs: number, type: Emission['type'], reason: string, message: string): Emission => ({
    afterMs,
    by: controller('attachdetach-controller'),
    about: referenceTo(world, 'Pod', pod),
    type,
    reason,
    message,
  });
  const taken = "Volume is already exclusively attached to one node and can't be attached to another";
  yield attach(100, 'Warning', 'FailedAttachVolume', `Multi-Attach error for volume "${volume}" ${taken}`);
  // The message ends with a blank: there is nothing after the volume's name.
  const attached = `AttachVolume.Attach succeeded for volume "${volume}" `;
  yield attach(DETACH_MS + world.random.int(3_000, 9_000), 'Normal', 'SuccessfulAttachVolume', attached);
  yield* imagePulled(world, pod);
  yield* containerStarts(world, pod);
}

function* waitsForConfigMap(world: World): Generator<Emission, void> {
  const pod = newPod(world, INVOICES, newReplicaSet(world, INVOICES), newTag(world));
  yield scheduled(world, pod, minutes(world.random.int(1, 3)));
  // The kubelet tries again after half a second, and then doubles the wait up to two minutes and two seconds.
  // https://github.com/kubernetes/kubernetes/blob/v1.35.4/pkg/util/goroutinemap/exponentialbackoff/exponential_backoff.go
  const message = 'MountVolume.SetUp failed for volume "config" : configmap "invoices-config" not found';
  for (let waitMs = 500, tries = 0; tries < 12; tries += 1) {
    yield cannotMount(world, pod, waitMs, message);
    waitMs = Math.min(2 * waitMs, 122_000);
  }
  yield* containerRestarts(world, pod, minutes(2));
  yield* podStops(world, pod, minutes(6));
}

function cannotMount(world: World, pod: Pod, afterMs: number, message: string): Emission {
  return {
    afterMs,
    by: kubelet(pod.node.name),
    about: referenceTo(world, 'Pod', pod),
    type: 'Warning',
    reason: 'FailedMount',
    message,
  };
}
