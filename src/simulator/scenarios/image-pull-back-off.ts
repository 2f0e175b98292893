/**
 * An image that does not exist.
 *
 * https://github.com/kubernetes/kubernetes/blob/v1.35.4/pkg/kubelet/images/image_manager.go
 * The runtime's error: https://github.com/containerd/containerd/blob/v2.1.4/client/pull.go
 */
import type { Emission } from '../emission.ts';
import { FRAUD_SCORING } from '../workloads.ts';
import { newPod, newReplicaSet, type Pod, type World } from '../world.ts';
import { containerSays, minutes, podStops, scheduled } from './_pod-life.ts';

const LONGEST_WAIT_MS = 300_000;

export function* imagePullBackOff(world: World): Generator<Emission, never> {
  for (let pauseMs = 5_000; ; pauseMs = minutes(world.random.int(20, 45))) {
    const tag = `release-${world.random.hex(7)}`;
    const pod = newPod(world, FRAUD_SCORING, newReplicaSet(world, FRAUD_SCORING), tag);
    yield scheduled(world, pod, pauseMs);
    let waitMs = 10_000;
    for (let pulls = 0; pulls < 9; pulls += 1) {
      yield* pullFails(world, pod);
      yield* waits(world, pod, waitMs);
      waitMs = Math.min(2 * waitMs, LONGEST_WAIT_MS);
    }
    yield* podStops(world, pod, minutes(5));
  }
}

function* pullFails(world: World, pod: Pod): Generator<Emission, void> {
  const { image } = pod;
  yield containerSays(world, pod, world.random.int(300, 900), 'Normal', 'Pulling', `Pulling image "${image}"`);
  const error = `rpc error: code = NotFound desc = failed to pull and unpack image "${image}": failed to resolve reference "${image}": ${image}: not found`;
  const failed = `Failed to pull image "${image}": ${error}`;
  yield containerSays(world, pod, world.random.int(400, 1_500), 'Warning', 'Failed', failed);
  yield containerSays(world, pod, 5, 'Warning', 'Failed', 'Error: ErrImagePull');
}

function* waits(world: World, pod: Pod, waitMs: number): Generator<Emission, void> {
  for (let waitedMs = 0; waitedMs < waitMs; ) {
    const afterMs = world.random.int(10_000, 15_000);
    waitedMs += afterMs;
    yield containerSays(world, pod, afterMs, 'Normal', 'BackOff', `Back-off pulling image "${pod.image}"`);
    yield containerSays(world, pod, 5, 'Warning', 'Failed', 'Error: ImagePullBackOff');
  }
}
