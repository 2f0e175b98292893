/** Which objects to list or watch. */
export interface CollectionRequest {
  /** As in RBAC, for people: `events`, `replicasets`. */
  readonly resource: string;
  readonly path: string;
  readonly query: { readonly fieldSelector?: string };
  /** As what they are to be sent; absent: as themselves, in JSON. */
  readonly accept?: string;
}
