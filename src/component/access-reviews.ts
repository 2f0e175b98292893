/** What an API server is asked about somebody else's credentials and rights. */

/** Somebody, as the API server knows them. https://kubernetes.io/docs/reference/access-authn-authz/authentication/ */
export interface UserInfo {
  readonly name: string;
  readonly uid?: string;
  readonly groups: readonly string[];
  readonly extra: Readonly<Record<string, readonly string[]>>;
}

export interface ResourceAttributes {
  readonly verb: string;
  readonly group: string;
  readonly version: string;
  readonly resource: string;
  /** Absent: in all of them, or of none. */
  readonly namespace?: string;
  readonly name?: string;
}

/** Something that is no resource: RBAC calls it a nonResourceURL. */
export interface PathAttributes {
  readonly verb: string;
  readonly path: string;
}

export interface Decision {
  readonly allowed: boolean;
  /** The authorizer's own words, if it has any. */
  readonly reason?: string;
  /** For how long it may be relied on, in milliseconds. Then ask again. */
  readonly validMs: number;
}

/** Whose certificates say who is there. All in PEM. */
export interface ClientAuthorities {
  /** Those of users: the name is CN, the groups are O. Absent: the cluster knows no client certificates. */
  readonly clients?: string;
  /** Of proxies that tell in headers for whom they ask. */
  readonly proxies?: ProxyAuthorities;
}

/** https://kubernetes.io/docs/tasks/extend-kubernetes/configure-aggregation-layer/#authentication-flow */
export interface ProxyAuthorities {
  readonly ca: string;
  /** Which common names are believed; none: every one that the authorities have signed. */
  readonly allowedNames: readonly string[];
  /** The first one of these that is there counts. All in lower case, as the others. */
  readonly usernameHeaders: readonly string[];
  readonly uidHeaders: readonly string[];
  readonly groupHeaders: readonly string[];
  readonly extraHeaderPrefixes: readonly string[];
}

/**
 * One cluster's API server. Answers are kept for seconds, and equal questions at the same time are asked once. Whatever
 * cannot be asked rejects with an AppError: nobody may conclude anything from that.
 */
export interface AccessReviews {
  /** Whose token it is; undefined for nobody's. */
  userOf(token: string): Promise<UserInfo | undefined>;
  mayAccess(user: UserInfo, attributes: ResourceAttributes | PathAttributes): Promise<Decision>;
  /** The same for whoever these headers belong to: Authorization and Impersonate-*. Undefined for nobody's (401). */
  mayCallerAccess(
    headers: CallerHeaders,
    attributes: ResourceAttributes | PathAttributes,
  ): Promise<Decision | undefined>;
  /** When a namespace was created, in milliseconds; undefined when there is none of that name. */
  namespaceCreatedAt(name: string): Promise<number | undefined>;
  clientAuthorities(): Promise<ClientAuthorities>;
  close(): Promise<void>;
}

export type CallerHeaders = Readonly<Record<string, string | string[]>>;
