/**
 * What only the kernel's log shows. The kubelet has no event for a container killed for its memory: there is
 * node-problem-detector's OOMKilling on the node, and the restart of the container.
 *
 * https://github.com/kubernetes/node-problem-detector/blob/v0.8.21/config/kernel-monitor.json
 */
import type { Emission } from '../emission.ts';
import { nodeProblemDetector } from '../reporters.ts';
import { THUMBNAILS } from '../workloads.ts';
import { type NodeObject, newPod, newReplicaSet, newTag, type World } from '../world.ts';
import { containerRestarts, containerSays, minutes } from './_pod-life.ts';

export function* nodeProblems(world: World): Generator<Emission, never> {
  for (let pauseMs = 20_000; ; pauseMs = minutes(world.random.int(15, 40))) {
    const pod = newPod(world, THUMBNAILS, newReplicaSet(world, THUMBNAILS), newTag(world));
    for (let kills = world.random.int(2, 5), afterMs = pauseMs; kills > 0; kills -= 1) {
      yield fromKernel(pod.node, afterMs, 'OOMKilling', killedProcess(world));
      afterMs = minutes(world.random.int(2, 5));
      yield* containerRestarts(world, pod, world.random.int(1_000, 3_000));
    }
    const backOff = `Back-off restarting failed container ${pod.container} in pod ${pod.name}_${pod.namespace}(${pod.uid})`;
    yield containerSays(world, pod, 12_000, 'Warning', 'BackOff', backOff);
    const node = world.random.pick(world.nodes);
    const hung = `task jbd2/nvme1n1-8:${world.random.int(300, 900)} blocked for more than 120 seconds.`;
    yield fromKernel(node, minutes(world.random.int(8, 15)), 'TaskHung', hung);
  }
}

function fromKernel(node: NodeObject, afterMs: number, reason: string, message: string): Emission {
  return {
    afterMs,
    by: nodeProblemDetector('kernel-monitor', node.name),
    // It has not read the node: the UID is the name.
    about: { kind: 'Node', name: node.name, uid: node.name },
    type: 'Warning',
    reason,
    message,
  };
}

// As Linux prints it. https://github.com/torvalds/linux/blob/v6.12/mm/oom_kill.c
function killedProcess(world: World): string {
  const { random } = world;
  const resident = random.int(510_000, 524_000);
  return (
    `Memory cgroup out of memory: Killed process ${random.int(2_000, 90_000)} (thumbnailer) ` +
    `total-vm:${resident + random.int(200_000, 900_000)}kB, anon-rss:${resident}kB, file-rss:${random.int(0, 9_000)}kB, ` +
    `shmem-rss:0kB, UID:1000 pgtables:${random.int(1_200, 2_400)}kB oom_score_adj:${random.int(900, 999)}`
  );
}
