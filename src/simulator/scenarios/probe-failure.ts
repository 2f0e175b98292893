/**
 * A service that grows slow: readiness probes fail, then liveness probes, and the kubelet restarts the container.
 *
 * https://github.com/kubernetes/kubernetes/blob/v1.35.4/pkg/kubelet/prober/prober.go
 * https://github.com/kubernetes/kubernetes/blob/v1.35.4/pkg/probe/http/http.go
 * https://github.com/kubernetes/kubernetes/blob/v1.35.4/pkg/kubelet/kuberuntime/kuberuntime_manager.go
 */
import type { Emission } from '../emission.ts';
import { CATALOG } from '../workloads.ts';
import { newPod, newReplicaSet, newTag, type World } from '../world.ts';
import { containerRestarts, containerSays, minutes } from './_pod-life.ts';

const PERIOD_MS = 10_000;

export function* probeFailure(world: World): Generator<Emission, never> {
  const pod = newPod(world, CATALOG, newReplicaSet(world, CATALOG), newTag(world));
  const address = `http://10.244.${world.random.int(0, 5)}.${world.random.int(2, 250)}:8080`;
  const unhealthy = (afterMs: number, message: string): Emission =>
    containerSays(world, pod, afterMs, 'Warning', 'Unhealthy', message);
  for (let pauseMs = 5_000; ; pauseMs = minutes(world.random.int(4, 12))) {
    yield unhealthy(pauseMs, 'Readiness probe failed: HTTP probe failed with statuscode: 503');
    for (let failures = world.random.int(2, 8); failures > 0; failures -= 1) {
      yield unhealthy(PERIOD_MS, 'Readiness probe failed: HTTP probe failed with statuscode: 503');
    }
    // Three in a row, the default failureThreshold.
    for (let failures = 0; failures < 3; failures += 1) {
      const error = `Get "${address}/healthz": context deadline exceeded (Client.Timeout exceeded while awaiting headers)`;
      yield unhealthy(PERIOD_MS, `Liveness probe failed: ${error}`);
    }
    const killed = `Container ${pod.container} failed liveness probe, will be restarted`;
    yield containerSays(world, pod, 3, 'Normal', 'Killing', killed);
    yield* containerRestarts(world, pod, world.random.int(2_000, 30_000));
  }
}
