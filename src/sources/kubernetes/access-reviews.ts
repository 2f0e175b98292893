/**
 * An API server asked about others, by the reviews that it has for programs like this one.
 * https://kubernetes.io/docs/reference/kubernetes-api/authentication-resources/token-review-v1/
 * https://kubernetes.io/docs/reference/kubernetes-api/authorization-resources/subject-access-review-v1/
 */
import { createHash } from 'node:crypto';
import type {
  AccessReviews,
  CallerHeaders,
  ClientAuthorities,
  Decision,
  PathAttributes,
  ResourceAttributes,
  UserInfo,
} from '../../component/access-reviews.ts';
import { AppError } from '../../core/errors.ts';
import { isObject } from '../../util/is-object.ts';
import { type RecentAnswer, RecentAnswers } from '../../util/recent-answers.ts';
import { ApiStatusError } from './api-status.ts';
import type { KubernetesClient, RequestOptions } from './client.ts';
import { parseClientAuthorities } from './client-authorities.ts';

// As long as the API servers of extensions keep them:
// https://github.com/kubernetes/apiserver/blob/v0.35.4/pkg/server/options/authorization.go
const VALID_MS = 10_000;
/** Authorities change when a cluster's certificates are renewed. */
const AUTHORITIES_VALID_MS = 60_000;
/** Of each kind; some hundred bytes each. */
const CAPACITY = 10_000;
/** Somebody is waiting. */
const TIMEOUT_MS = 10_000;

const TOKEN_REVIEWS = '/apis/authentication.k8s.io/v1/tokenreviews';
const SUBJECT_REVIEWS = '/apis/authorization.k8s.io/v1/subjectaccessreviews';
const SELF_REVIEWS = '/apis/authorization.k8s.io/v1/selfsubjectaccessreviews';
const AUTHENTICATION = '/api/v1/namespaces/kube-system/configmaps/extension-apiserver-authentication';

interface Judgement {
  readonly allowed: boolean;
  readonly reason?: string;
}

/** The client is closed with them. `now` in milliseconds. */
export function createAccessReviews(client: KubernetesClient, now?: () => number): AccessReviews {
  return new KubernetesAccessReviews(client, now);
}

class KubernetesAccessReviews implements AccessReviews {
  readonly #client: KubernetesClient;
  readonly #users: RecentAnswers<UserInfo | undefined>;
  readonly #judgements: RecentAnswers<Judgement>;
  readonly #callers: RecentAnswers<Judgement | undefined>;
  readonly #namespaces: RecentAnswers<number | undefined>;
  readonly #authorities: RecentAnswers<ClientAuthorities>;

  constructor(client: KubernetesClient, now?: () => number) {
    const options = { capacity: CAPACITY, validMs: VALID_MS, ...(now && { now }) };
    this.#client = client;
    this.#users = new RecentAnswers(options);
    this.#judgements = new RecentAnswers(options);
    this.#callers = new RecentAnswers(options);
    this.#namespaces = new RecentAnswers(options);
    this.#authorities = new RecentAnswers({ ...options, capacity: 1, validMs: AUTHORITIES_VALID_MS });
  }

  async userOf(token: string): Promise<UserInfo | undefined> {
    const body = review('authentication.k8s.io/v1', 'TokenReview', { token });
    const ask = async () => parseUser(await this.#post(TOKEN_REVIEWS, { body }));
    return (await this.#users.get(keyOf(token), ask)).value;
  }

  async mayAccess(user: UserInfo, attributes: ResourceAttributes | PathAttributes): Promise<Decision> {
    const { name, uid, groups, extra } = user;
    const spec = { user: name, groups, ...(uid && { uid }), extra, ...attributesOf(attributes) };
    const body = review('authorization.k8s.io/v1', 'SubjectAccessReview', spec);
    const ask = async () => parseJudgement(await this.#post(SUBJECT_REVIEWS, { body }));
    return decision(await this.#judgements.get(keyOf(spec), ask));
  }

  async mayCallerAccess(
    caller: CallerHeaders,
    attributes: ResourceAttributes | PathAttributes,
  ): Promise<Decision | undefined> {
    const spec = attributesOf(attributes);
    const body = review('authorization.k8s.io/v1', 'SelfSubjectAccessReview', spec);
    const { value, validMs } = await this.#callers.get(keyOf([caller, spec]), async () => {
      const status = await unless(401, this.#post(SELF_REVIEWS, { body, caller }));
      return status && parseJudgement(status);
    });
    return value && decision({ value, validMs });
  }

  async namespaceCreatedAt(name: string): Promise<number | undefined> {
    const path = `/api/v1/namespaces/${encodeURIComponent(name)}`;
    const accept = 'application/json;as=PartialObjectMetadata;g=meta.k8s.io;v=v1';
    const { value } = await this.#namespaces.get(name, async () => {
      const namespace = await unless(404, this.#get(path, { accept }));
      return namespace && parseCreation(path, namespace);
    });
    return value;
  }

  async clientAuthorities(): Promise<ClientAuthorities> {
    const { value } = await this.#authorities.get('', async () => {
      const configMap = await unless(404, this.#get(AUTHENTICATION, {}));
      return parseClientAuthorities(configMap?.['data']);
    });
    return value;
  }

  close(): Promise<void> {
    return this.#client.close();
  }

  /** The status of a review. */
  async #post(path: string, options: RequestOptions): Promise<Readonly<Record<string, unknown>>> {
    const { status } = await this.#get(path, { ...options, method: 'POST' });
    if (isObject(status)) return status;
    throw new AppError(
      'API_REQUEST_FAILED',
      `POST ${path} from ${this.#client.server}: found no status, want a review`,
    );
  }

  async #get(path: string, options: RequestOptions): Promise<Readonly<Record<string, unknown>>> {
    const timeouts = { headersTimeoutMs: TIMEOUT_MS, bodyTimeoutMs: TIMEOUT_MS };
    const object = await this.#client.getJson<unknown>(path, { ...timeouts, ...options });
    return isObject(object) ? object : {};
  }
}

function review(apiVersion: string, kind: string, spec: object): object {
  return { apiVersion, kind, spec };
}

function attributesOf(attributes: ResourceAttributes | PathAttributes): object {
  return 'path' in attributes ? { nonResourceAttributes: attributes } : { resourceAttributes: attributes };
}

/** Holds no token that it was made of. */
function keyOf(question: unknown): string {
  return createHash('sha256').update(JSON.stringify(question)).digest('base64');
}

async function unless<T>(status: number, answer: Promise<T>): Promise<T | undefined> {
  try {
    return await answer;
  } catch (error) {
    if (error instanceof ApiStatusError && error.status === status) return undefined;
    throw error;
  }
}

function decision({ value, validMs }: RecentAnswer<Judgement>): Decision {
  return { ...value, validMs };
}

/** Whatever is not said to be allowed is not. */
function parseJudgement({ allowed, denied, reason }: Readonly<Record<string, unknown>>): Judgement {
  return {
    allowed: allowed === true && denied !== true,
    ...(typeof reason === 'string' && reason !== '' && { reason }),
  };
}

function parseUser({ authenticated, user }: Readonly<Record<string, unknown>>): UserInfo | undefined {
  if (authenticated !== true || !isObject(user)) return undefined;
  const { username, uid, groups, extra } = user;
  if (typeof username !== 'string' || username === '') return undefined;
  return {
    name: username,
    ...(typeof uid === 'string' && uid !== '' && { uid }),
    groups: texts(groups),
    extra: Object.fromEntries(Object.entries(isObject(extra) ? extra : {}).map(([key, value]) => [key, texts(value)])),
  };
}

function texts(value: unknown): readonly string[] {
  return Array.isArray(value) ? value.filter((item) => typeof item === 'string') : [];
}

function parseCreation(path: string, { metadata }: Readonly<Record<string, unknown>>): number {
  const createdAt = Date.parse(isObject(metadata) ? String(metadata['creationTimestamp']) : '');
  if (!Number.isNaN(createdAt)) return createdAt;
  throw new AppError('API_REQUEST_FAILED', `GET ${path}: found no metadata.creationTimestamp, want a Namespace`);
}
