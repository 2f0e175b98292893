/** Pods that change while events come about them, so that whoever sends what is known of an object has to keep up. */
import type { Objects } from '../src/simulator/objects.ts';
import type { Change } from './corpus.ts';

const NAMESPACES = 50;
/** Events that come with a change of their pod's metadata: one in so many. */
const EVENTS_A_CHANGE = 4;

interface Pod {
  readonly kind: 'Pod';
  readonly namespace: string;
  readonly name: string;
  readonly uid: string;
}

export class ChangingPods {
  readonly #objects: Objects;
  readonly #pods: readonly Pod[];
  #events = 0;

  constructor(objects: Objects, count: number) {
    this.#objects = objects;
    this.#pods = Array.from({ length: count }, (_, index) => {
      const digits = index.toString(16).padStart(12, '0');
      const namespace = `team-${index % NAMESPACES}`;
      return { kind: 'Pod', namespace, name: `app-${digits}`, uid: `7d9f4c1a-0000-4000-8000-${digits}` };
    });
    for (const pod of this.#pods) this.#put(pod);
  }

  /** The event as one about a pod, all its revisions about the same. The pod may change before. */
  about(change: Change): Change {
    const pod = this.#pods[placeOf(change.name, this.#pods.length)];
    if (!pod) throw new RangeError('found no pods, want one at least');
    if (this.#events++ % EVENTS_A_CHANGE === 0) this.#put(pod);
    const { namespace } = pod;
    const serialise = (version: string): string => {
      const event = JSON.parse(change.serialise(version)) as { readonly metadata: object };
      const involvedObject = { ...pod, apiVersion: 'v1' };
      return JSON.stringify({ ...event, metadata: { ...event.metadata, namespace }, involvedObject });
    };
    return { ...change, namespace, serialise };
  }

  #put(pod: Pod): void {
    const labels = { 'app.kubernetes.io/name': pod.name, 'app.kubernetes.io/part-of': pod.namespace, tier: 'backend' };
    this.#objects.put({ ...pod, labels, annotations: { 'example.com/changes': String(this.#events) } });
  }
}

/** Any even spread will do. */
function placeOf(name: string, places: number): number {
  let hash = 0;
  for (let index = 0; index < name.length; index++) hash = (Math.imul(hash, 31) + name.charCodeAt(index)) | 0;
  return (hash >>> 0) % places;
}
