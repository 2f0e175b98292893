/**
 * To which workload an object belongs: by its owner references where somebody looked them up, else by the names that
 * controllers give to what they make. A name is no proof: whoever shows it says so.
 */

/** A controller, as an owner reference names it. It lies in the namespace of what it owns, or in none. */
export interface OwnerName {
  readonly kind: string;
  readonly name: string;
}

/** An involved object, as far as it tells of its workload. */
export interface NamedObject {
  readonly kind: string;
  readonly namespace: string;
  readonly name: string;
  /** Its controller and the controller's, up to where that is known; none: nobody owns it. Absent: not known. */
  readonly owners?: readonly OwnerName[] | undefined;
}

export interface Ownership {
  /** The object itself, what owns it, and so on: `Pod`, `ReplicaSet`, `Deployment`. */
  readonly chain: readonly [NamedObject, ...NamedObject[]];
  /** How all of that is known, the least certain of it; absent where nothing owns the object. */
  readonly linkedBy: LinkedBy | undefined;
}

/** By owner references, or by names. */
export type LinkedBy = 'owner' | 'name';

/** What can be said of both; what is absent says nothing. */
export function lessCertain(one: LinkedBy | undefined, other: LinkedBy | undefined): LinkedBy | undefined {
  return one === 'name' || other === undefined ? one : other;
}

// https://github.com/kubernetes/kubernetes/blob/v1.35.4/staging/src/k8s.io/apimachinery/pkg/util/rand/rand.go
const LETTERS = '[bcdfghjklmnpqrstvwxz2456789]';
const RANDOM = new RegExp(`^(.+)-${LETTERS}{5}$`);
/** A hash in decimal digits, each written as such a letter. */
const TEMPLATE_HASH = new RegExp(`^(.+)-${LETTERS}{6,10}$`);
const ORDINAL = /^(.+)-\d+$/;
/** In minutes since 1970. https://github.com/kubernetes/kubernetes/blob/v1.35.4/pkg/controller/cronjob/utils.go */
const SCHEDULED = /^(.+)-\d{8,}$/;

/** From the last owner that is known, or from the object itself, names lead on. */
export function ownershipOf({ kind, namespace, name, owners }: NamedObject): Ownership {
  const known = (owners ?? []).map((owner) => ({ ...owner, namespace }));
  const chain: [NamedObject, ...NamedObject[]] = [{ kind, namespace, name }, ...known];
  const isNobodys = owners?.length === 0;
  for (let last = isNobodys ? undefined : chain.at(-1); last; ) {
    last = ownerByName(last);
    if (last) chain.push(last);
  }
  if (chain.length === 1) return { chain, linkedBy: undefined };
  return { chain, linkedBy: chain.length === 1 + known.length ? 'owner' : 'name' };
}

/** The object itself where nothing else is known. */
export function workloadOf(object: NamedObject): NamedObject {
  const { chain } = ownershipOf(object);
  return chain.at(-1) ?? chain[0];
}

/** Whether the object is the workload or belongs to it; a workload without a kind is one of any. */
export function belongsTo(
  object: NamedObject,
  workload: Pick<NamedObject, 'name'> & Partial<Pick<NamedObject, 'kind'>>,
): boolean {
  return ownershipOf(object).chain.some(
    ({ kind, name }) =>
      name === workload.name &&
      (workload.kind === undefined ||
        kind.toLowerCase() === workload.kind.toLowerCase() ||
        // What the name leaves open is none of those whose pods' names tell.
        (kind === '' && !['deployment', 'statefulset', 'cronjob'].includes(workload.kind.toLowerCase()))),
  );
}

/** `kind` is empty where the name leaves it open: of what a DaemonSet makes, and a Job. */
function ownerByName({ kind, namespace, name }: NamedObject): NamedObject | undefined {
  const owner = (ownerKind: string, pattern: RegExp): NamedObject | undefined => {
    const found = pattern.exec(name)?.[1];
    return found === undefined ? undefined : { kind: ownerKind, namespace, name: found };
  };
  if (kind === 'ReplicaSet') return owner('Deployment', TEMPLATE_HASH);
  if (kind === 'Job') return owner('CronJob', SCHEDULED);
  if (kind !== 'Pod') return undefined;
  const made = owner('', RANDOM);
  if (!made) return owner('StatefulSet', ORDINAL);
  if (SCHEDULED.test(made.name)) return { ...made, kind: 'Job' };
  return TEMPLATE_HASH.test(made.name) ? { ...made, kind: 'ReplicaSet' } : made;
}
