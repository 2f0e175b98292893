/**
 * Events in bulk, for load and for a cluster that is full from the start. Written past the recorders, since they stand
 * for thousands of emitters; the mix is that of a busy cluster: pods that start and stop, and failures that repeat.
 */

import type { Emission, Reporter } from './emission.ts';
import { countedBody, createEvent, eventName, patchEvent, type RecordedEvent, type RecorderSink } from './recorder.ts';
import { controller, kubelet } from './reporters.ts';
import { seconds } from './timestamps.ts';
import { DEPLOYMENTS } from './workloads.ts';
import { newTag, type Pod, podOf, referenceTo, referenceToContainer, type World } from './world.ts';

// Three of ten writes repeat an event, as where a share of the pods is always failing.
const REPEAT_SHARE = 0.3;
const OPEN_SERIES = 500;

interface Kind {
  readonly share: number;
  readonly type: Emission['type'];
  readonly reason: string;
  readonly repeats?: true;
  message(pod: Pod): string;
}

const KINDS: readonly Kind[] = [
  { share: 14, type: 'Normal', reason: 'Pulling', message: (pod) => `Pulling image "${pod.image}"` },
  {
    share: 14,
    type: 'Normal',
    reason: 'Pulled',
    message: (pod) => `Container image "${pod.image}" already present on machine`,
  },
  { share: 18, type: 'Normal', reason: 'Created', message: () => 'Container created' },
  { share: 18, type: 'Normal', reason: 'Started', message: () => 'Container started' },
  { share: 12, type: 'Normal', reason: 'Killing', message: (pod) => `Stopping container ${pod.container}` },
  {
    share: 12,
    type: 'Warning',
    reason: 'Unhealthy',
    repeats: true,
    message: () => 'Readiness probe failed: HTTP probe failed with statuscode: 503',
  },
  {
    share: 8,
    type: 'Warning',
    reason: 'BackOff',
    repeats: true,
    message: (pod) =>
      `Back-off restarting failed container ${pod.container} in pod ${pod.name}_${pod.namespace}(${pod.uid})`,
  },
  { share: 4, type: 'Normal', reason: 'SuccessfulCreate', message: (pod) => `Created pod: ${pod.name}` },
];

const SHARES = KINDS.reduce((sum, kind) => sum + kind.share, 0);

interface Series {
  readonly event: RecordedEvent;
  readonly reporter: Reporter;
  count: number;
}

export class Load {
  readonly #world: World;
  readonly #sink: RecorderSink;
  readonly #open: Series[] = [];
  #pod: Pod | undefined;

  constructor(world: World, sink: RecorderSink) {
    this.#world = world;
    this.#sink = sink;
  }

  /** Writes one event, or repeats one. `nanos` is the emitter's clock. */
  write(nanos: bigint): void {
    const { random } = this.#world;
    if (this.#open.length > 0 && random.chance(REPEAT_SHARE)) this.#repeat(nanos);
    else this.#create(nanos, 1);
  }

  /** Writes one event as it is after all its repetitions. */
  writeFinal(nanos: bigint): void {
    const { random } = this.#world;
    this.#create(nanos, random.chance(REPEAT_SHARE) ? random.int(2, 40) : 1);
  }

  #repeat(nanos: bigint): void {
    const series = this.#world.random.pick(this.#open);
    series.count += 1;
    const lastTimestamp = seconds(Number(nanos / 1_000_000n));
    patchEvent(this.#sink, series.event, { count: series.count, lastTimestamp }, series.reporter);
  }

  #create(nanos: bigint, count: number): void {
    const { random } = this.#world;
    if (!this.#pod || random.chance(0.2)) this.#pod = this.#newPod();
    const pod = this.#pod;
    const kind = this.#pickKind();
    const byController = kind.reason === 'SuccessfulCreate';
    const reporter = byController ? controller('replicaset-controller') : kubelet(pod.node.name);
    const event = this.#event(kind, pod, reporter, nanos, kind.repeats ? count : 1);
    createEvent(this.#sink, event, reporter);
    if (!kind.repeats) return;
    if (this.#open.length < OPEN_SERIES) this.#open.push({ event, reporter, count });
    else this.#open[random.int(0, OPEN_SERIES - 1)] = { event, reporter, count };
  }

  #event(kind: Kind, pod: Pod, reporter: Reporter, nanos: bigint, count: number): RecordedEvent {
    const replicaSet = { namespace: pod.namespace, name: pod.name.slice(0, -6), uid: pod.uid };
    const about =
      kind.reason === 'SuccessfulCreate'
        ? referenceTo(this.#world, 'ReplicaSet', replicaSet)
        : referenceToContainer(this.#world, pod);
    const { type, reason } = kind;
    const body = countedBody({ about, type, reason, message: kind.message(pod) }, reporter, nanos, count);
    return { namespace: pod.namespace, name: eventName(about.name, nanos), body };
  }

  #newPod(): Pod {
    const workload = this.#world.random.pick(DEPLOYMENTS);
    // Without an object: thousands a second would be too many of them.
    return podOf(this.#world, workload, `${workload.name}-${this.#world.random.suffix(10)}`, newTag(this.#world));
  }

  #pickKind(): Kind {
    let left = this.#world.random.next() * SHARES;
    for (const kind of KINDS) {
      left -= kind.share;
      if (left < 0) return kind;
    }
    return this.#world.random.pick(KINDS);
  }
}
