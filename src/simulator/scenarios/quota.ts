/**
 * A Deployment is scaled beyond the quota of its namespace. Every try names another pod, so that from the tenth message
 * on they are combined.
 *
 * https://github.com/kubernetes/kubernetes/blob/v1.35.4/pkg/controller/controller_utils.go
 * https://github.com/kubernetes/kubernetes/blob/v1.35.4/staging/src/k8s.io/apiserver/pkg/admission/plugin/resourcequota/controller.go
 */
import type { Emission } from '../emission.ts';
import { INVOICES } from '../workloads.ts';
import { newReplicaSet, newTag, uidOf, type World } from '../world.ts';
import { deploymentScales, minutes, replicaSetSays, replicaStarts } from './_pod-life.ts';

const QUOTA = 12;
const HAS = 2;
const WANTS = 5;
// A controller's queue doubles the wait from 5 ms.
// https://github.com/kubernetes/client-go/blob/v0.35.4/util/workqueue/default_rate_limiters.go
const FIRST_WAIT_MS = 5;
const TRIES = 17;

export function* quota(world: World): Generator<Emission, never> {
  for (let pauseMs = 10_000; ; pauseMs = minutes(world.random.int(25, 60))) {
    const replicaSet = newReplicaSet(world, INVOICES);
    const uid = uidOf(world, 'Deployment', INVOICES.namespace, INVOICES.name);
    const scaled = deploymentScales(world, INVOICES, uid, replicaSet, HAS, WANTS);
    yield { ...scaled, afterMs: pauseMs };
    for (let tries = 0, waitMs = FIRST_WAIT_MS; tries < TRIES; tries += 1, waitMs *= 2) {
      const pod = `${replicaSet.name}-${world.random.suffix(5)}`;
      const forbidden = `exceeded quota: compute, requested: pods=1, used: pods=${QUOTA}, limited: pods=${QUOTA}`;
      const message = `Error creating: pods "${pod}" is forbidden: ${forbidden}`;
      yield replicaSetSays(world, replicaSet, waitMs, 'FailedCreate', message);
    }
    const tag = newTag(world);
    for (let i = HAS; i < WANTS; i += 1) yield* replicaStarts(world, INVOICES, replicaSet, tag);
  }
}
