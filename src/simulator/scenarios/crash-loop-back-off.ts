/**
 * A container that ends right after its start. The kubelet says BackOff each time it looks at the pod while it waits;
 * of those, its recorder lets 25 through, and then one in five minutes.
 *
 * https://github.com/kubernetes/kubernetes/blob/v1.35.4/pkg/kubelet/kuberuntime/kuberuntime_manager.go
 */
import type { Emission } from '../emission.ts';
import { LEDGER } from '../workloads.ts';
import { newPod, newReplicaSet, newTag, type Pod, type World } from '../world.ts';
import { containerRestarts, containerSays, minutes, podStarts, podStops } from './_pod-life.ts';

// The wait doubles from 10 s to 5 minutes.
// https://github.com/kubernetes/kubernetes/blob/v1.35.4/pkg/kubelet/kubelet.go
const FIRST_WAIT_MS = 10_000;
const LONGEST_WAIT_MS = 300_000;

export function* crashLoopBackOff(world: World): Generator<Emission, never> {
  for (let pauseMs = 2_000; ; pauseMs = minutes(world.random.int(10, 25))) {
    const pod = newPod(world, LEDGER, newReplicaSet(world, LEDGER), newTag(world));
    yield* podStarts(world, pod, pauseMs);
    let waitMs = FIRST_WAIT_MS;
    for (let restart = 0; restart < 14; restart += 1) {
      yield* waits(world, pod, waitMs);
      yield* containerRestarts(world, pod, world.random.int(1_000, 4_000));
      waitMs = Math.min(2 * waitMs, LONGEST_WAIT_MS);
    }
    yield* podStops(world, pod, minutes(2));
  }
}

function* waits(world: World, pod: Pod, waitMs: number): Generator<Emission, void> {
  const message = `Back-off restarting failed container ${pod.container} in pod ${pod.name}_${pod.namespace}(${pod.uid})`;
  for (let waitedMs = 0; waitedMs < waitMs; ) {
    const afterMs = world.random.int(9_000, 15_000);
    waitedMs += afterMs;
    yield containerSays(world, pod, afterMs, 'Warning', 'BackOff', message);
  }
}
