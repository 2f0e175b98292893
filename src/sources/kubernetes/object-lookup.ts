/**
 * What is known of the objects that a cluster's events are about, put together from the metadata of each and of its
 * owners. An object is told by its UID; a reference without one means the object that had the name at the event's time.
 *
 * Metadata says nothing of the node a pod is on. The kubelet does, in every event it reports: that is remembered with the
 * pod, so that others' events about it have it too. It costs no request; before the kubelet has said something about a
 * pod, its node is not known.
 */
import type { InvolvedObject, ObjectOwner, OwnerReference } from '../../component/message.ts';
import type { ObjectLookup } from '../../component/object-lookup.ts';
import { componentOf } from '../../core/event.ts';
import type { EventRecord } from '../../core/record.ts';
import { type Brought, ClusterObjects, type ClusterObjectsOptions, type ObjectId } from './cluster-objects.ts';
import type { LookupOutcome } from './lookup-metrics.ts';
import type { CachedObject } from './object-cache.ts';

export interface ObjectUsage {
  /** What the cache takes, about. */
  readonly bytes: number;
  readonly alive: number;
  readonly deleted: number;
}

export interface KubernetesObjectLookup extends ObjectLookup {
  usage(): ObjectUsage;
}

/** Takes over the client. Asks for nothing before the first record. */
export function createKubernetesObjectLookup(options: ClusterObjectsOptions): KubernetesObjectLookup {
  return new Lookup(options);
}

/** Not workloads themselves: what owns them is looked up too. By kind, how its apiVersion begins. */
const BETWEEN: ReadonlyMap<string, string> = new Map([
  ['ReplicaSet', 'apps/'],
  ['Job', 'batch/'],
  ['ReplicationController', 'v'],
]);
/** Nobody owns that deep, but for who writes ownerReferences that lead round. */
const MAX_OWNERS = 8;

type Step =
  | { readonly object: InvolvedObject | undefined; readonly outcome: LookupOutcome }
  /** This is to be asked for first. */
  | { readonly missing: ObjectId };

class Lookup implements KubernetesObjectLookup {
  readonly #objects: ClusterObjects;
  readonly #metrics: ClusterObjectsOptions['metrics'];

  constructor(options: ClusterObjectsOptions) {
    this.#objects = new ClusterObjects(options);
    this.#metrics = options.metrics;
  }

  async lookUp(records: readonly EventRecord[]): Promise<readonly (InvolvedObject | undefined)[]> {
    const found: (InvolvedObject | undefined)[] = [];
    const asking: Promise<void>[] = [];
    for (const [index, record] of records.entries()) {
      const step = this.#step(record);
      if ('missing' in step) {
        asking.push(this.#ask(record, step.missing).then((object) => void (found[index] = object)));
        continue;
      }
      this.#metrics.looked(step.outcome);
      found[index] = step.object;
    }
    await Promise.all(asking);
    return found;
  }

  usage(): ObjectUsage {
    const { bytes, alive, deleted } = this.#objects.cache;
    return { bytes, alive, deleted };
  }

  close(): Promise<void> {
    return this.#objects.close();
  }

  async #ask(record: EventRecord, first: ObjectId): Promise<InvolvedObject | undefined> {
    const asked = new Map<string, Brought>();
    let step: Step = { missing: first };
    while ('missing' in step) {
      const { missing } = step;
      asked.set(keyOf(missing), await this.#objects.bring(missing));
      step = this.#step(record, asked);
    }
    this.#metrics.looked(step.outcome === 'hit' ? 'miss' : step.outcome);
    return step.object;
  }

  /** What can be said now, or what has to be asked for before; nothing is asked for twice. */
  #step(record: EventRecord, asked?: ReadonlyMap<string, Brought>): Step {
    const id = objectIdOf(record);
    if (!id) return { object: undefined, outcome: 'unknown' };
    const known = this.#known(id, asked);
    if (known === undefined) return { missing: id };
    if (known === 'gone') return { object: describe(record, undefined, []), outcome: 'gone' };
    if (typeof known === 'string') return { object: undefined, outcome: known };
    remember(known, record);
    const owners = this.#owners(known, id, asked);
    if (!Array.isArray(owners)) return { missing: owners };
    return { object: describe(record, known, owners), outcome: known.metadata ? 'hit' : 'gone' };
  }

  #known(id: ObjectId, asked?: ReadonlyMap<string, Brought>): CachedObject | Exclude<Brought, 'known'> | undefined {
    const known = this.#objects.known(id);
    if (known !== undefined) return known;
    const brought = asked?.get(keyOf(id));
    // Forgotten already, where the cache is too small for what is asked for at once.
    return brought === 'known' ? 'late' : brought;
  }

  /** All owners, up to the workload, or one that has to be asked for first. */
  #owners(object: CachedObject, id: ObjectId, asked?: ReadonlyMap<string, Brought>): ObjectOwner[] | ObjectId {
    const owners: ObjectOwner[] = [];
    let references = object.metadata?.owners ?? [];
    while (owners.length < MAX_OWNERS) {
      owners.push(...references.map(ownerOf));
      const controller = references.find((reference) => reference.controller === true);
      if (!controller || !isBetween(controller)) break;
      const { apiVersion, kind, name, uid } = controller;
      const { time, receivedAt, namespace } = id;
      const owner = { apiVersion, kind, namespace, name, uid, time, receivedAt };
      const known = this.#known(owner, asked);
      if (known === undefined) return owner;
      references = (typeof known === 'object' && known.metadata?.owners) || [];
    }
    return owners;
  }
}

/** Undefined when the event does not say. */
function objectIdOf({ subject, time, receivedAt }: EventRecord): ObjectId | undefined {
  const { apiVersion = 'v1', kind, namespace = '', name, uid } = subject;
  if (!isText(apiVersion) || !isText(kind) || !isText(namespace) || !isText(name) || !kind || !name) return undefined;
  // A kubelet writes its node's name where the UID belongs, for want of it.
  // https://github.com/kubernetes/kubernetes/blob/v1.35.4/pkg/kubelet/kubelet.go
  const isKnown = typeof uid === 'string' && uid !== '' && uid !== name;
  return { apiVersion: apiVersion || 'v1', kind, namespace, name, time, receivedAt, ...(isKnown && { uid }) };
}

function keyOf({ apiVersion, kind, namespace, name, uid }: ObjectId): string {
  return uid ?? `${apiVersion}\n${kind}\n${namespace}\n${name}`;
}

function isBetween({ apiVersion, kind }: OwnerReference): boolean {
  const group = BETWEEN.get(kind);
  return group !== undefined && apiVersion.startsWith(group);
}

function isText(value: unknown): value is string {
  return typeof value === 'string';
}

function ownerOf({ apiVersion, kind, name, uid, controller }: OwnerReference): ObjectOwner {
  return { apiVersion, kind, name, uid, controller: controller === true };
}

function describe(
  record: EventRecord,
  object: CachedObject | undefined,
  owners: readonly ObjectOwner[],
): InvolvedObject {
  const { labels = {}, annotations = {}, owners: ownerReferences = [], deleting = true } = object?.metadata ?? {};
  const node = record.subject.kind === 'Node' ? record.subject.name : (object?.node ?? kubeletOf(record));
  const deleted = deleting || object?.deletedAt !== undefined;
  return { labels, annotations, owners, ownerReferences, ...(node && { node }), deleted };
}

function remember(object: CachedObject, record: EventRecord): void {
  const node = kubeletOf(record);
  if (node !== undefined) object.node = node;
}

/** The node of the kubelet that reported an event about a pod. */
function kubeletOf({ subject, body }: EventRecord): string | undefined {
  if (subject.kind !== 'Pod' || componentOf(body) !== 'kubelet') return undefined;
  return body.source?.host || body.reportingInstance || undefined;
}
