/** The story of an object: its events by incarnation. */
import type { StoredEvent } from '../component/history.ts';

export interface Incarnation {
  /** Undefined for a node, and for events that name no UID. */
  readonly uid: string | undefined;
  /** In the order given. */
  readonly events: readonly StoredEvent[];
  readonly firstSeen: number;
  readonly lastSeen: number;
}

export interface Story {
  readonly cluster: string;
  /** Of the object itself; undefined for one without, such as a node. */
  readonly namespace: string | undefined;
  readonly kind: string;
  readonly name: string;
  /** Oldest first. */
  readonly incarnations: readonly Incarnation[];
}

/** Stories of the objects of one kind and name, one a cluster and namespace. */
export function stories(events: readonly StoredEvent[]): Story[] {
  const objects = Map.groupBy(events, ({ cluster, subject }) => `${cluster}\n${subject.namespace ?? ''}`);
  return [...objects.values()].map((ofObject) => {
    const last = ofObject.at(-1);
    return {
      cluster: last?.cluster ?? '',
      namespace: last?.subject.namespace || undefined,
      kind: last?.subject.kind ?? '',
      name: last?.subject.name ?? '',
      incarnations: incarnationsOf(ofObject).toSorted((a, b) => a.firstSeen - b.firstSeen),
    };
  });
}

// The kubelet names a node by its name where others give its UID, so that nodes go by kind and name alone. An event
// without a UID belongs to the only incarnation when there is just one.
function incarnationsOf(events: readonly StoredEvent[]): Incarnation[] {
  const uids = new Set(events.map(uidOf).filter((uid) => uid !== undefined));
  const [only] = uids.size === 1 ? uids : [];
  const byUid = Map.groupBy(events, (stored) => uidOf(stored) ?? only);
  return [...byUid].map(([uid, ofUid]) => ({
    uid,
    events: ofUid,
    firstSeen: Math.min(...ofUid.map(({ firstSeen }) => firstSeen)),
    lastSeen: Math.max(...ofUid.map(({ time }) => time)),
  }));
}

function uidOf({ subject }: StoredEvent): string | undefined {
  return subject.kind === 'Node' ? undefined : subject.uid || undefined;
}
