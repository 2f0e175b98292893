/** To which lane of a timeline a revision belongs. */
import type { Mark } from '../../component/history.ts';
import { SEVERITIES } from '../../core/severity.ts';
import { type LinkedBy, lessCertain, ownershipOf } from '../../core/workload.ts';
import type { Timeline } from './view-answers.ts';

export const LANE_GROUPS = ['workload', 'node', 'namespace'] as const;

export type LaneGroup = (typeof LANE_GROUPS)[number];

/** Opened lanes of one lane; what is beyond them stays in it. */
const MAX_OPENED = 500;
/** Once as much happened twice, it weighs this much more, by severity. */
const WEIGHTS = [8, 4, 2, 1] as const;
/** A workload is a lane of all that belongs to it, whatever its kind: its name says which, and in an empty one nothing does. */
const WORKLOADS: ReadonlySet<string> = new Set(['', 'Deployment', 'StatefulSet', 'DaemonSet', 'CronJob', 'Job']);

interface Place {
  readonly id: string;
  readonly kind: string;
  readonly namespace: string;
  readonly name: string;
  readonly linkedBy: LinkedBy | undefined;
}

export class Lane {
  readonly id: string;
  readonly cluster: string;
  readonly parent: Lane | undefined;
  readonly namespace: string;
  readonly name: string;
  readonly opened = new Map<string, Lane>();
  #kind: string;
  #linkedBy: LinkedBy | undefined;
  #occurrences = SEVERITIES.map(() => 0);

  constructor({ id, kind, namespace, name, linkedBy }: Place, cluster: string, parent: Lane | undefined) {
    this.id = id;
    this.cluster = cluster;
    this.parent = parent;
    this.namespace = namespace;
    this.name = name;
    this.#kind = kind;
    this.#linkedBy = linkedBy;
  }

  get score(): number {
    const sum = this.#occurrences.reduce((all, n, index) => all + (WEIGHTS[index] ?? 0) * Math.log2(1 + n), 0);
    return Math.round(sum * 100) / 100;
  }

  add({ kind, linkedBy }: Place, severity: number, occurrences: number): void {
    if (this.#kind === '') this.#kind = kind;
    this.#linkedBy = lessCertain(this.#linkedBy, linkedBy);
    this.count(severity, occurrences);
  }

  /** Whether it is the lane of the object itself, not of what it belongs to. */
  isOf({ kind, namespace, name }: Mark['object']): boolean {
    return this.#kind === kind && this.namespace === namespace && this.name === name;
  }

  count(severity: number, occurrences: number): void {
    this.#occurrences[severity] = (this.#occurrences[severity] ?? 0) + occurrences;
    this.parent?.count(severity, occurrences);
  }

  toJson(): Timeline['lanes'][number] {
    const { id, parent, cluster, namespace, name, score } = this;
    return {
      id,
      ...(parent && { parent: parent.id }),
      cluster,
      kind: this.#kind,
      namespace,
      name,
      score,
      count: this.#occurrences.reduce((sum, n) => sum + n, 0),
      ...(this.#linkedBy && { linkedBy: this.#linkedBy }),
    };
  }
}

export class Lanes {
  readonly #group: LaneGroup;
  readonly #open: ReadonlySet<string>;
  readonly #lanes = new Map<string, Lane>();

  constructor(group: LaneGroup, open: readonly string[]) {
    this.#group = group;
    this.#open = new Set(open);
  }

  /** Of the revision, which is counted there. */
  add(mark: Mark, severity: number): Lane {
    const { cluster } = mark.group;
    const place = placeOf(mark, this.#group);
    const lane = this.#find(this.#lanes, place, cluster);
    const inner = this.#open.has(lane.id) ? innerPlaceOf(mark, this.#group) : undefined;
    if (inner && (lane.opened.has(inner.id) || lane.opened.size < MAX_OPENED)) {
      const opened = this.#find(lane.opened, { ...inner, id: `${lane.id}//${inner.id}` }, cluster, lane);
      opened.add(inner, severity, mark.occurrences);
      return opened;
    }
    lane.add(place, severity, mark.occurrences);
    return lane;
  }

  /** The highest score first, each with those that were opened behind it. */
  ordered(): Lane[] {
    const byScore = (lanes: Iterable<Lane>) =>
      [...lanes].toSorted((a, b) => b.score - a.score || (a.id < b.id ? -1 : 1));
    return byScore(this.#lanes.values()).flatMap((lane) => [lane, ...byScore(lane.opened.values())]);
  }

  #find(lanes: Map<string, Lane>, place: Place, cluster: string, parent?: Lane): Lane {
    const key = parent ? place.id : `${cluster}/${place.id}`;
    let lane = lanes.get(key);
    if (!lane) {
      lane = new Lane({ ...place, id: key }, cluster, parent);
      lanes.set(key, lane);
    }
    return lane;
  }
}

function placeOf(mark: Mark, group: LaneGroup): Place {
  if (group === 'workload') return workloadPlace(mark);
  const isNode = group === 'node';
  const node = mark.object.kind === 'Node' ? mark.object.name : (mark.host ?? '');
  const name = isNode ? node : mark.group.namespace;
  return { id: name, kind: isNode ? 'Node' : 'Namespace', namespace: '', name, linkedBy: undefined };
}

/** In a workload its pods, in everything else the workloads. */
function innerPlaceOf(mark: Mark, group: LaneGroup): Place | undefined {
  const { kind, namespace, name } = mark.object;
  if (group !== 'workload') return workloadPlace(mark);
  return kind === 'Pod' ? { id: `${kind}/${name}`, kind, namespace, name, linkedBy: undefined } : undefined;
}

function workloadPlace({ object }: Mark): Place {
  const { chain, linkedBy } = ownershipOf(object);
  const workload = chain.at(-1) ?? chain[0];
  const { kind, namespace, name } = workload;
  return { id: WORKLOADS.has(kind) ? `${namespace}/${name}` : `${namespace}/${kind}/${name}`, ...workload, linkedBy };
}
