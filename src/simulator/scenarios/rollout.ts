/** Deployments get new versions, pod by pod. */
import type { Emission } from '../emission.ts';
import { CART, CATALOG, CHECKOUT, GRAFANA } from '../workloads.ts';
import {
  newPod,
  newReplicaSet,
  newTag,
  type Pod,
  type ReplicaSet,
  uidOf,
  type Workload,
  type World,
} from '../world.ts';
import { deploymentScales, minutes, podStops, replicaSetSays, replicaStarts } from './_pod-life.ts';

interface Running {
  readonly replicaSet: ReplicaSet;
  readonly pods: readonly Pod[];
}

const REPLICAS = 3;

export function* rollout(world: World): Generator<Emission, never> {
  const running = new Map<Workload, Running>();
  for (let pauseMs = 2_000; ; pauseMs = minutes(world.random.int(6, 14))) {
    const workload = world.random.pick([CART, CHECKOUT, CATALOG, GRAFANA]);
    const old = running.get(workload) ?? earlier(world, workload);
    running.set(workload, yield* replace(world, workload, old, pauseMs));
  }
}

function earlier(world: World, workload: Workload): Running {
  const replicaSet = newReplicaSet(world, workload);
  const tag = newTag(world);
  return { replicaSet, pods: Array.from({ length: REPLICAS }, () => newPod(world, workload, replicaSet, tag)) };
}

function* replace(world: World, workload: Workload, old: Running, pauseMs: number): Generator<Emission, Running> {
  const uid = uidOf(world, 'Deployment', workload.namespace, workload.name);
  const replicaSet = newReplicaSet(world, workload);
  const tag = newTag(world);
  const pods: Pod[] = [];
  for (const [i, stopped] of old.pods.entries()) {
    const up = deploymentScales(world, workload, uid, replicaSet, i, i + 1);
    yield i === 0 ? { ...up, afterMs: pauseMs } : up;
    pods.push(yield* replicaStarts(world, workload, replicaSet, tag));
    const readyMs = world.random.int(2_000, 9_000);
    const down = deploymentScales(world, workload, uid, old.replicaSet, old.pods.length - i, old.pods.length - i - 1);
    yield { ...down, afterMs: readyMs };
    yield replicaSetSays(world, old.replicaSet, 20, 'SuccessfulDelete', `Deleted pod: ${stopped.name}`);
    yield* podStops(world, stopped, world.random.int(20, 120));
  }
  return { replicaSet, pods };
}
