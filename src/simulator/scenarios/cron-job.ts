/**
 * A CronJob every five minutes, one run of six failing for good.
 *
 * https://github.com/kubernetes/kubernetes/blob/v1.35.4/pkg/controller/cronjob/cronjob_controllerv2.go
 * https://github.com/kubernetes/kubernetes/blob/v1.35.4/pkg/controller/job/job_controller.go
 */
import type { Emission } from '../emission.ts';
import { controller } from '../reporters.ts';
import { RECONCILE } from '../workloads.ts';
import { deletePod, newJob, newPod, type Pod, type ReplicaSet, referenceTo, uidOf, type World } from '../world.ts';
import { minutes, podStarts } from './_pod-life.ts';

const EVERY_MS = 5 * 60_000;
const KEPT = 3;

interface Run {
  readonly job: ReplicaSet;
  readonly pod: Pod;
}

export function* cronJob(world: World): Generator<Emission, never> {
  const finished: Run[] = [];
  for (;;) {
    const now = world.now();
    const scheduledMs = Math.floor(now / EVERY_MS + 1) * EVERY_MS;
    // A Job is named after the minute it was scheduled for.
    const job = newJob(world, RECONCILE, `${RECONCILE.name}-${scheduledMs / 60_000}`);
    yield cronJobSays(world, scheduledMs - now + 30, 'SuccessfulCreate', `Created job ${job.name}`);
    if (world.random.chance(1 / 6)) {
      for (let tries = 0; tries < 3; tries += 1) yield* runs(world, job, minutes(tries));
      const reached = 'Job has reached the specified backoff limit';
      yield jobSays(world, job, world.random.int(20_000, 40_000), 'Warning', 'BackoffLimitExceeded', reached);
      yield cronJobSays(world, 20, 'SawCompletedJob', `Saw completed job: ${job.name}, condition: Failed`);
      continue;
    }
    const pod = yield* runs(world, job, 10);
    yield jobSays(world, job, world.random.int(8_000, 100_000), 'Normal', 'Completed', 'Job completed');
    yield cronJobSays(world, 15, 'SawCompletedJob', `Saw completed job: ${job.name}, condition: Complete`);
    finished.push({ job, pod });
    const oldest = finished.length > KEPT ? finished.shift() : undefined;
    if (!oldest) continue;
    yield cronJobSays(world, 25, 'SuccessfulDelete', `Deleted job ${oldest.job.name}`);
    world.objects.delete('Job', oldest.job.namespace, oldest.job.name);
    deletePod(world, oldest.pod);
  }
}

function* runs(world: World, job: ReplicaSet, afterMs: number): Generator<Emission, Pod> {
  const pod = newPod(world, RECONCILE, job, '3.2.0');
  yield jobSays(world, job, afterMs, 'Normal', 'SuccessfulCreate', `Created pod: ${pod.name}`);
  yield* podStarts(world, pod);
  return pod;
}

function jobSays(
  world: World,
  job: ReplicaSet,
  afterMs: number,
  type: Emission['type'],
  reason: string,
  message: string,
): Emission {
  return { afterMs, by: controller('job-controller'), about: referenceTo(world, 'Job', job), type, reason, message };
}

function cronJobSays(world: World, afterMs: number, reason: string, message: string): Emission {
  const { namespace, name } = RECONCILE;
  const about = referenceTo(world, 'CronJob', { namespace, name, uid: uidOf(world, 'CronJob', namespace, name) });
  return { afterMs, by: controller('cronjob-controller'), about, type: 'Normal', reason, message };
}
