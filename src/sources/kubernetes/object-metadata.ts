/**
 * The metadata of an object, as far as it is of use beside an event.
 * https://kubernetes.io/docs/reference/kubernetes-api/common-definitions/object-meta/
 */
import type { OwnerReference } from '../../component/message.ts';
import { parseTimestamp } from '../../core/time.ts';
import { isObject } from '../../util/is-object.ts';

export interface ObjectMetadata {
  readonly uid: string;
  /** Empty for what is in no namespace. */
  readonly namespace: string;
  readonly name: string;
  readonly resourceVersion: string;
  /** In milliseconds, to the second. */
  readonly created: number;
  /** It is on its way out. */
  readonly deleting: boolean;
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
  readonly owners: readonly OwnerReference[];
}

/**
 * A copy of the whole object as it was applied, which `kubectl apply` keeps beside it: the data of a Secret too. It is no
 * annotation that anybody wrote, and none that anybody may be sent.
 * https://kubernetes.io/docs/reference/labels-annotations-taints/#kubectl-kubernetes-io-last-applied-configuration
 */
const LAST_APPLIED = 'kubectl.kubernetes.io/last-applied-configuration';

/** The `metadata` of an object; undefined when it is none. */
export function objectMetadata(value: unknown): ObjectMetadata | undefined {
  if (!isObject(value)) return undefined;
  const { uid, name, namespace, resourceVersion, creationTimestamp, deletionTimestamp } = value;
  if (!isText(uid) || !isText(name) || !isText(resourceVersion)) return undefined;
  return {
    uid,
    name,
    namespace: isText(namespace) ? namespace : '',
    resourceVersion,
    created: (isText(creationTimestamp) && parseTimestamp(creationTimestamp)) || 0,
    deleting: isText(deletionTimestamp),
    labels: texts(value['labels']),
    annotations: texts(value['annotations']),
    owners: Array.isArray(value['ownerReferences']) ? value['ownerReferences'].flatMap(ownerReference) : [],
  };
}

/** Bytes it takes in memory, about: measured, and rather too much than too little. */
export function sizeOf({ labels, annotations, owners, namespace, name, uid }: ObjectMetadata): number {
  let size = OBJECT_BYTES + 2 * (namespace.length + name.length + uid.length);
  for (const map of [labels, annotations]) {
    for (const [key, value] of Object.entries(map)) size += ENTRY_BYTES + key.length + value.length;
  }
  for (const owner of owners) size += OWNER_BYTES + owner.name.length + owner.uid.length;
  return size;
}

const OBJECT_BYTES = 350;
const ENTRY_BYTES = 40;
const OWNER_BYTES = 150;

const NONE = Object.freeze({});

function texts(value: unknown): Readonly<Record<string, string>> {
  if (!isObject(value)) return NONE;
  const entries = Object.entries(value).filter(
    (entry): entry is [string, string] => typeof entry[1] === 'string' && entry[0] !== LAST_APPLIED,
  );
  return entries.length === 0 ? NONE : Object.fromEntries(entries);
}

function ownerReference(value: unknown): OwnerReference[] {
  if (!isObject(value)) return [];
  const { apiVersion, kind, name, uid, controller, blockOwnerDeletion } = value;
  if (!isText(apiVersion) || !isText(kind) || !isText(name) || !isText(uid)) return [];
  return [
    {
      apiVersion,
      kind,
      name,
      uid,
      ...(typeof controller === 'boolean' && { controller }),
      ...(typeof blockOwnerDeletion === 'boolean' && { blockOwnerDeletion }),
    },
  ];
}

function isText(value: unknown): value is string {
  return typeof value === 'string' && value !== '';
}
