/**
 * Events to measure with: what a busy cluster of 500 nodes leaves behind. Seeded, so that every run stores the same bytes.
 * Reasons and messages are worded as the components word them, in proportions of a cluster where pods come and go and
 * some of them keep failing; corpus-statistics.ts says what came of that.
 * https://github.com/kubernetes/kubernetes/blob/v1.35.4/pkg/kubelet/events/event.go
 */
import type { ObjectReference } from '../src/core/event.ts';
import type { Reporter } from '../src/simulator/emission.ts';
import { Random } from '../src/simulator/random.ts';
import { eventName } from '../src/simulator/recorder.ts';
import { controller, kubelet, SCHEDULER } from '../src/simulator/reporters.ts';
import { type EventBody, type EventIdentity, servedEvent } from '../src/simulator/served-event.ts';
import { micros, seconds } from '../src/simulator/timestamps.ts';
import { kubeletsNode, type NodeObject, referenceToNode } from '../src/simulator/world.ts';
import { KINDS, type Kind, type Subject } from './corpus-kinds.ts';

const NODES = 500;
const NAMESPACES = 200;
const WORKLOADS = 5_000;
/** Pods of which something is happening at the same time. */
const ACTIVE_PODS = 400;
/** So that a pod and what owns it have twelve new events before another takes its place. */
const POD_TURNOVER = 1 / 12;
const OPEN_SERIES = 2_000;
const MODIFIED_SHARE = 0.23;
/** How many events of a kind that can repeat do so. */
const REPEATED_WARNINGS = 0.3;
const REPEATED_NORMALS = 0.2;
export const FIRST_RESOURCE_VERSION = 1_000_000;
/** Two other objects are written between two events. */
export const RESOURCE_VERSION_STEP = 3;
/** 10 million events in 30 days. */
const PACE_MS = (30 * 86_400_000) / 10_000_000;

/** One write of an event. */
export interface Change {
  readonly type: 'ADDED' | 'MODIFIED';
  readonly namespace: string;
  readonly name: string;
  /** As core/v1 serves it. */
  serialise(resourceVersion: string): string;
}

interface Series {
  readonly kind: Kind;
  readonly identity: EventIdentity;
  readonly reporter: Reporter;
  body: EventBody;
  count: number;
}

interface Workload {
  readonly namespace: string;
  readonly name: string;
  readonly uid: string;
  readonly image: string;
}

export class Corpus {
  readonly #random: Random;
  readonly #nodes: readonly NodeObject[];
  readonly #workloads: readonly Workload[];
  readonly #pods: Subject[] = [];
  readonly #open: Series[] = [];
  readonly #shares: readonly number[];
  #nanos = 0n;
  #objectVersion = FIRST_RESOURCE_VERSION;

  constructor(seed = 1) {
    const random = new Random(seed);
    this.#random = random;
    this.#nodes = Array.from({ length: NODES }, (_, i) => ({ name: nodeName(i), uid: random.uuid() }));
    this.#workloads = Array.from({ length: WORKLOADS }, (_, i) => newWorkload(random, i));
    let sum = 0;
    this.#shares = KINDS.map(({ share }) => (sum += share));
  }

  /** What is written next, at this instant of the cluster's clock, in milliseconds. */
  next(nowMs: number): Change {
    const atMs = Math.floor(nowMs);
    const random = this.#random;
    this.#objectVersion += RESOURCE_VERSION_STEP;
    const nanos = BigInt(atMs) * 1_000_000n + BigInt(random.int(0, 999_999));
    this.#nanos = nanos > this.#nanos ? nanos : this.#nanos + 1n;
    if (this.#open.length > 0 && random.chance(MODIFIED_SHARE)) return this.#repeat(random.pick(this.#open), atMs);
    return this.#create(atMs);
  }

  #create(atMs: number): Change {
    const kind = this.#pickKind();
    const subject = this.#subject();
    const about = this.#reference(kind, subject);
    const reporter = reporterOf(kind, subject);
    const identity: EventIdentity = {
      namespace: about.namespace ?? 'default',
      name: eventName(about.name, this.#nanos),
      uid: this.#random.uuid(),
      createdAt: atMs,
    };
    const body = this.#body(kind, about, reporter, kind.message(subject, this.#random), atMs);
    if (kind.repeats && this.#random.chance(kind.type === 'Warning' ? REPEATED_WARNINGS : REPEATED_NORMALS)) {
      this.#openSeries({ kind, identity, reporter, body, count: 1 });
    }
    return change('ADDED', identity, body, reporter, atMs);
  }

  #body(kind: Kind, about: ObjectReference, reporter: Reporter, message: string, atMs: number): EventBody {
    const { component, host } = reporter;
    const shared = { involvedObject: about, reason: kind.reason, message, type: kind.type };
    if (reporter.api !== 'v1') {
      const reporting = { reportingComponent: component, reportingInstance: `${component}-${host ?? ''}` };
      const times = { firstTimestamp: null, lastTimestamp: null, eventTime: micros(this.#nanos) };
      return { ...shared, source: {}, ...times, action: 'Scheduling', ...reporting };
    }
    const at = seconds(atMs);
    const source = host === undefined ? { component } : { component, host };
    const times = { firstTimestamp: at, lastTimestamp: at, count: 1, eventTime: null };
    return { ...shared, source, ...times, reportingComponent: component, reportingInstance: host ?? '' };
  }

  #repeat(series: Series, atMs: number): Change {
    const { identity, reporter, kind } = series;
    series.count += 1;
    series.body =
      reporter.api === 'v1'
        ? { ...series.body, count: series.count, lastTimestamp: seconds(atMs) }
        : { ...series.body, series: { count: series.count, lastObservedTime: micros(this.#nanos) } };
    // A series ends when its pod is gone.
    if (kind.repeats && this.#random.chance(1 / kind.repeats)) this.#open.splice(this.#open.indexOf(series), 1);
    return change('MODIFIED', identity, series.body, reporter, atMs);
  }

  #openSeries(series: Series): void {
    if (this.#open.length < OPEN_SERIES) this.#open.push(series);
    else this.#open[this.#random.int(0, OPEN_SERIES - 1)] = series;
  }

  #reference(kind: Kind, subject: Subject): ObjectReference {
    const { namespace, pod, podUid, replicaSet, ownerUid, node, workload } = subject;
    const resourceVersion = String(this.#objectVersion);
    switch (kind.about) {
      case 'container':
      case 'Pod': {
        const about = { kind: 'Pod', namespace, name: pod, uid: podUid, apiVersion: 'v1', resourceVersion };
        return kind.about === 'Pod' ? about : { ...about, fieldPath: `spec.containers{${workload}}` };
      }
      case 'Node':
        // A kubelet does not know its node's UID.
        return kind.by === 'kubelet' ? kubeletsNode(node) : referenceToNode(node);
      case 'ReplicaSet':
        return {
          kind: 'ReplicaSet',
          namespace,
          name: replicaSet,
          uid: ownerUid,
          apiVersion: 'apps/v1',
          resourceVersion,
        };
      default: {
        const name = kind.about === 'PersistentVolumeClaim' ? `data-${workload}-0` : workload;
        const apiVersion = kind.apiVersion ?? 'v1';
        return { kind: kind.about, namespace, name, uid: ownerUid, apiVersion, resourceVersion };
      }
    }
  }

  #subject(): Subject {
    const random = this.#random;
    const index = random.int(0, ACTIVE_PODS - 1);
    const known = this.#pods[index];
    if (known && !random.chance(POD_TURNOVER)) return known;
    const { namespace, name: workload, uid: ownerUid, image } = random.pick(this.#workloads);
    const replicaSet = `${workload}-${random.suffix(10)}`;
    const subject: Subject = {
      namespace,
      workload,
      ownerUid,
      replicaSet,
      pod: `${replicaSet}-${random.suffix(5)}`,
      podUid: random.uuid(),
      node: random.pick(this.#nodes),
      image: `${image}:${random.int(1, 4)}.${random.int(0, 18)}.${random.int(0, 9)}`,
      ip: `10.${random.int(0, 255)}.${random.int(0, 255)}.${random.int(1, 254)}`,
    };
    this.#pods[index] = subject;
    return subject;
  }

  #pickKind(): Kind {
    const at = this.#random.next() * (this.#shares.at(-1) ?? 0);
    return KINDS[this.#shares.findIndex((share) => at < share)] ?? this.#random.pick(KINDS);
  }
}

/** A frame of a watch, with its newline. */
function frameOf(written: Change, resourceVersion: number): Buffer {
  return Buffer.from(`{"type":"${written.type}","object":${written.serialise(String(resourceVersion))}}\n`);
}

/** Frames as a watch of everything would bring them, from `startMs` on at {@link PACE_MS}. */
export function* frames(
  count: number,
  { seed, startMs = Date.UTC(2026, 0, 1) }: { seed?: number; startMs?: number } = {},
): Generator<Buffer> {
  const corpus = new Corpus(seed);
  for (let i = 0; i < count; i++)
    yield frameOf(corpus.next(startMs + i * PACE_MS), FIRST_RESOURCE_VERSION + RESOURCE_VERSION_STEP * (i + 1));
}

function change(
  type: Change['type'],
  identity: EventIdentity,
  body: EventBody,
  reporter: Reporter,
  atMs: number,
): Change {
  const { namespace, name } = identity;
  return { type, namespace, name, serialise: (version) => servedEvent(identity, body, reporter, atMs, version) };
}

function reporterOf(kind: Kind, { node }: Subject): Reporter {
  if (kind.by === 'kubelet') return kubelet(node.name);
  if (kind.by === 'default-scheduler') return SCHEDULER;
  return controller(kind.by);
}

function nodeName(index: number): string {
  return `ip-10-${index >> 6}-${(index * 37) & 255}-${(index * 91) & 255}.eu-central-1.compute.internal`;
}

const TEAMS = [
  'shop',
  'payments',
  'search',
  'media',
  'identity',
  'logistics',
  'pricing',
  'reports',
  'mail',
  'platform',
];
const ROLES = ['api', 'worker', 'web', 'cache', 'gateway', 'ingest', 'scheduler', 'exporter', 'sync', 'batch'];

function newWorkload(random: Random, index: number): Workload {
  const team = random.pick(TEAMS);
  const name = `${team}-${random.pick(ROLES)}-${index}`;
  const place = index < NAMESPACES ? index : random.int(0, NAMESPACES - 1);
  const namespace = `${TEAMS[place % TEAMS.length]}-${Math.floor(place / TEAMS.length)}`;
  return { namespace, name, uid: random.uuid(), image: `registry.example.com/${team}/${name}` };
}
