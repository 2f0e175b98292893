/**
 * To which workload an object belongs, by the names that controllers give to what they make. A name is no proof: whoever
 * shows it says so.
 */

/** An involved object, as far as its name tells. */
export interface NamedObject {
  readonly kind: string;
  readonly namespace: string;
  readonly name: string;
}

// https://github.com/kubernetes/kubernetes/blob/v1.35.4/staging/src/k8s.io/apimachinery/pkg/util/rand/rand.go
const LETTERS = '[bcdfghjklmnpqrstvwxz2456789]';
const RANDOM = new RegExp(`^(.+)-${LETTERS}{5}$`);
/** A hash in decimal digits, each written as such a letter. */
const TEMPLATE_HASH = new RegExp(`^(.+)-${LETTERS}{6,10}$`);
const ORDINAL = /^(.+)-\d+$/;
/** In minutes since 1970. https://github.com/kubernetes/kubernetes/blob/v1.35.4/pkg/controller/cronjob/utils.go */
const SCHEDULED = /^(.+)-\d{8,}$/;

/** The names that lead to the workload, the object itself first: `Pod`, `ReplicaSet`, `Deployment`. */
export function ownersByName(object: NamedObject): readonly NamedObject[] {
  const chain = [object];
  for (let last: NamedObject | undefined = object; last; ) {
    last = ownerByName(last);
    if (last) chain.push(last);
  }
  return chain;
}

/** The object itself where nothing else is known. */
export function workloadByName(object: NamedObject): NamedObject {
  return ownersByName(object).at(-1) ?? object;
}

/** Whether the names say that the object is the workload or belongs to it; a workload without a kind is one of any. */
export function belongsTo(
  object: NamedObject,
  workload: Pick<NamedObject, 'name'> & Partial<Pick<NamedObject, 'kind'>>,
): boolean {
  return ownersByName(object).some(
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
