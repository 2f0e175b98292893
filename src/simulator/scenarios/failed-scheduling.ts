/**
 * A pod that asks for more than any node has. The scheduler tries again whenever the cluster changes: a series.
 *
 * https://github.com/kubernetes/kubernetes/blob/v1.35.4/pkg/scheduler/schedule_one.go
 * https://github.com/kubernetes/kubernetes/blob/v1.35.4/pkg/scheduler/framework/types.go
 */
import type { Emission } from '../emission.ts';
import { SCHEDULER } from '../reporters.ts';
import { RECOMMENDATIONS } from '../workloads.ts';
import { deletePod, newPod, newReplicaSet, newTag, referenceTo, type World } from '../world.ts';
import { minutes, replicaSetSays, replicaStarts } from './_pod-life.ts';

export function* failedScheduling(world: World): Generator<Emission, never> {
  for (let pauseMs = 15_000; ; pauseMs = minutes(world.random.int(5, 20))) {
    const replicaSet = newReplicaSet(world, RECOMMENDATIONS);
    const pod = newPod(world, RECOMMENDATIONS, replicaSet, newTag(world));
    const created = `Created pod: ${pod.name}`;
    yield replicaSetSays(world, replicaSet, pauseMs, 'SuccessfulCreate', created);
    const count = world.nodes.length;
    const failed = {
      by: SCHEDULER,
      type: 'Warning',
      reason: 'FailedScheduling',
      action: 'Scheduling',
      message:
        `0/${count} nodes are available: ${count} Insufficient cpu. no new claims to deallocate, ` +
        `preemption: 0/${count} nodes are available: ${count} Preemption is not helpful for scheduling.`,
    } as const;
    yield { ...failed, afterMs: 15, about: referenceTo(world, 'Pod', pod) };
    // The first failure writes the pod's PodScheduled condition: what follows is about another resourceVersion of it.
    const about = referenceTo(world, 'Pod', pod);
    for (let tries = world.random.int(40, 90); tries > 0; tries -= 1) {
      yield { ...failed, afterMs: world.random.int(4_000, 60_000), about };
    }
    const fixed = newReplicaSet(world, RECOMMENDATIONS);
    yield replicaSetSays(world, replicaSet, minutes(1), 'SuccessfulDelete', `Deleted pod: ${pod.name}`);
    deletePod(world, pod);
    yield* replicaStarts(world, RECOMMENDATIONS, fixed, newTag(world));
  }
}
