/**
 * The objects that events are about, as the API server keeps them: enough of each for whoever asks for metadata. Every
 * resource counts resourceVersions of its own, as one does that lives in an etcd of its own.
 */
import { type ApiResource, RESOURCES } from './_resources.ts';
import { EventStore } from './event-store.ts';
import { seconds } from './timestamps.ts';

export interface OwnerReference {
  readonly kind: string;
  readonly name: string;
  readonly uid: string;
}

export interface SimulatedObject {
  readonly kind: string;
  /** Absent for a Node. */
  readonly namespace?: string;
  readonly name: string;
  readonly uid: string;
  readonly labels?: Readonly<Record<string, string>>;
  readonly annotations?: Readonly<Record<string, string>>;
  /** Its controller. */
  readonly owner?: OwnerReference | undefined;
  readonly spec?: object;
}

export interface ObjectsOptions {
  readonly resourceVersion: number;
  readonly compactionMs: number;
  readonly now: () => number;
}

/** Three centuries. */
const FOR_EVER_MS = 1e13;

export class Objects {
  readonly #now: () => number;
  readonly #stores: ReadonlyMap<ApiResource, EventStore>;
  readonly #created = new Map<string, number>();

  constructor({ resourceVersion, compactionMs, now }: ObjectsOptions) {
    this.#now = now;
    const ttlMs = FOR_EVER_MS;
    this.#stores = new Map(
      RESOURCES.map((resource) => [resource, new EventStore({ resourceVersion, ttlMs, compactionMs })]),
    );
  }

  storeOf(resource: ApiResource): EventStore {
    const store = this.#stores.get(resource);
    if (!store) throw new RangeError(`no resource ${resource.name}`);
    return store;
  }

  has(kind: string, namespace: string, name: string): boolean {
    return this.storeOf(resourceOf(kind)).get(namespace, name) !== undefined;
  }

  /** Creates the object, or changes it. */
  put(object: SimulatedObject): void {
    const { kind, namespace = '', name, uid, labels, annotations, owner, spec = {} } = object;
    const resource = resourceOf(kind);
    const key = `${kind}/${namespace}/${name}`;
    const created = this.#created.get(key) ?? this.#now();
    this.#created.set(key, created);
    const manager = 'kube-controller-manager';
    this.storeOf(resource).put(namespace, name, this.#now(), (resourceVersion) =>
      JSON.stringify({
        kind,
        apiVersion: resource.groupVersion,
        metadata: {
          name,
          ...(namespace && { namespace }),
          uid,
          resourceVersion,
          creationTimestamp: seconds(created),
          ...(labels && { labels }),
          ...(annotations && { annotations }),
          ...(owner && { ownerReferences: [ownerReference(owner)] }),
          managedFields: [
            {
              manager,
              operation: 'Update',
              apiVersion: resource.groupVersion,
              time: seconds(this.#now()),
              fieldsType: 'FieldsV1',
              fieldsV1: { 'f:metadata': { 'f:labels': { '.': {} } } },
            },
          ],
        },
        spec,
      }),
    );
  }

  delete(kind: string, namespace: string, name: string): void {
    this.#created.delete(`${kind}/${namespace}/${name}`);
    this.storeOf(resourceOf(kind)).delete(namespace, name);
  }

  compact(): void {
    for (const store of this.#stores.values()) store.compact();
  }

  onChange(listener: () => void): () => void {
    const stops = [...this.#stores.values()].map((store) => store.onChange(listener));
    return () => {
      for (const stop of stops) stop();
    };
  }
}

function resourceOf(kind: string): ApiResource {
  const resource = RESOURCES.find((known) => known.kind === kind);
  if (!resource) throw new RangeError(`no resource of kind ${kind}`);
  return resource;
}

function ownerReference({ kind, name, uid }: OwnerReference): object {
  return { apiVersion: resourceOf(kind).groupVersion, kind, name, uid, controller: true, blockOwnerDeletion: true };
}
