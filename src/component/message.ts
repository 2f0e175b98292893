import type { EventRecord } from '../core/record.ts';

/** What is known of the involved object beyond the event, when somebody asked for it. */
export interface InvolvedObject {
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
  /** The nearest first, up to the workload. */
  readonly owners: readonly ObjectOwner[];
  /** Its own alone, as its metadata has them; absent: the same as `owners`. */
  readonly ownerReferences?: readonly OwnerReference[];
  /** The name of the node it is or was on, or is itself. */
  readonly node?: string;
  /** It was gone when it was looked at, or on its way; what is known is from before. */
  readonly deleted: boolean;
}

export interface ObjectOwner {
  readonly apiVersion: string;
  readonly kind: string;
  readonly name: string;
  readonly uid: string;
  readonly controller: boolean;
}

/** https://kubernetes.io/docs/reference/kubernetes-api/common-definitions/object-meta/#OwnerReference */
export interface OwnerReference {
  readonly apiVersion: string;
  readonly kind: string;
  readonly name: string;
  readonly uid: string;
  readonly controller?: boolean;
  readonly blockOwnerDeletion?: boolean;
}

/** A record on its way to a sink. */
export interface Message {
  readonly record: EventRecord;
  /** How many occurrences the record adds. */
  readonly occurrences: number;
  /** The idempotency key: the same for every attempt, also after a restart and in a replay. See `recordKey`. */
  readonly key: string;
  /** What the routes that led to the sink add to it. */
  readonly labels: Readonly<Record<string, string>>;
  /** How many earlier revisions of the event its route held back in favour of this one. */
  readonly folded: number;
  /** Present when the sink, its format or a route needs it and it could be found out. */
  readonly object?: InvolvedObject;
  /** The event as it was before this revision; present when the format asked for it and it is stored. */
  readonly previous?: EventRecord;
  /** Made by `tidings sinks test`, not observed. */
  readonly test?: true;
}
