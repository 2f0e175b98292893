/**
 * Rights as the API server of the cluster in question gives them: it is told who asks, and says whether they may.
 * Whatever it cannot be asked is refused.
 */
import type { X509Certificate } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import type { AccessReviews, UserInfo } from '../component/access-reviews.ts';
import { messageOf } from '../core/errors.ts';
import type { Logger } from '../telemetry/log.ts';
import type { Access, EventsAttempt, PathAttempt, Sight } from './access.ts';
import { bearerToken } from './bearer-token.ts';
import { clientCertificate, commonName, isSignedBy, userOfCertificate } from './client-certificate.ts';
import { eventsSight } from './events-sight.ts';
import { proxiedUser } from './proxied-user.ts';
import {
  forbidden,
  forbiddenPath,
  NO_RESOURCE,
  refused,
  StatusError,
  UNAUTHORIZED,
  UNAVAILABLE,
} from './status-error.ts';
import { TokenAttempts } from './token-attempts.ts';

export interface KubernetesAccessOptions {
  /** By the names they are stored under. The first one also says who may operate Tidings. */
  readonly clusters: ReadonlyMap<string, AccessReviews>;
  readonly logger: Pick<Logger, 'warn'>;
}

/** https://kubernetes.io/docs/reference/access-authn-authz/authentication/#authentication-strategies */
const AUTHENTICATED = 'system:authenticated';
const UNAUTHENTICATED = 'system:unauthenticated';

export function kubernetesAccess({ clusters, logger }: KubernetesAccessOptions): Access {
  const [first] = clusters.values();
  const attempts = new Map(Array.from(clusters.values(), (reviews) => [reviews, new TokenAttempts()]));
  const callerOf = async (reviews: AccessReviews | undefined, request: IncomingMessage): Promise<UserInfo> => {
    const user = reviews && (await authenticated(reviews, request, attempts.get(reviews)));
    if (!user) throw unauthorized(request);
    if (Object.keys(request.headers).some((name) => name.startsWith('impersonate-')))
      throw refused('forbidden: Tidings cannot act as somebody else, want no Impersonate headers', {});
    return user;
  };
  const orUnavailable = async <T>(answer: Promise<T>): Promise<T> => {
    try {
      return await answer;
    } catch (error) {
      if (error instanceof StatusError) throw error;
      logger.warn({ problem: messageOf(error) }, 'somebody was refused, since their rights cannot be asked for');
      throw new StatusError(UNAVAILABLE, { 'Retry-After': '1' });
    }
  };
  const events = async (attempt: EventsAttempt, request: IncomingMessage): Promise<Sight> => {
    // Nothing is stored yet of the first one.
    const reviews = attempt.cluster === '' ? first : clusters.get(attempt.cluster);
    // Which clusters there are is for those to know whom one of them knows.
    const user = await callerOf(reviews ?? first, request);
    if (!reviews) throw new StatusError(NO_RESOURCE);
    const sight = await eventsSight(attempt, {
      may: (attributes) => reviews.mayAccess(user, attributes),
      namespaceCreatedAt: (namespace) => reviews.namespaceCreatedAt(namespace),
      refusal: (decision) => forbidden({ user: user.name, ...attempt, reason: decision?.reason }),
    });
    // Those who are called alike in two clusters are two.
    return { ...sight, caller: `${user.name} ${attempt.cluster}` };
  };
  const path = async ({ path: asked, verb, cluster }: PathAttempt, request: IncomingMessage): Promise<void> => {
    const reviews = cluster ? clusters.get(cluster) : first;
    const user = await callerOf(reviews ?? first, request);
    if (!reviews) throw new StatusError(NO_RESOURCE);
    const { allowed, reason } = await reviews.mayAccess(user, { path: asked, verb });
    if (!allowed) throw forbiddenPath(user.name, { path: asked, verb }, reason);
  };
  return {
    events: (attempt, request) => orUnavailable(events(attempt, request)),
    path: (attempt, request) => orUnavailable(path(attempt, request)),
  };
}

/** In the order of the API server: proxy, certificate, token. The first one that is somebody's counts. */
async function authenticated(
  reviews: AccessReviews,
  request: IncomingMessage,
  attempts: TokenAttempts | undefined,
): Promise<UserInfo | undefined> {
  const certificate = clientCertificate(request);
  const shown = certificate && (await userByCertificate(reviews, request, certificate));
  if (shown) return withGroup(shown);
  const token = bearerToken(request);
  if (token === undefined) return undefined;
  const ask = () => reviews.userOf(token);
  return attempts ? attempts.userOf({ address: request.socket.remoteAddress ?? '', token }, ask) : ask();
}

async function userByCertificate(
  reviews: AccessReviews,
  request: IncomingMessage,
  certificate: X509Certificate,
): Promise<UserInfo | undefined> {
  const { clients, proxies } = await reviews.clientAuthorities();
  const now = Date.now();
  if (proxies && isSignedBy(certificate, proxies.ca, now)) {
    const { allowedNames } = proxies;
    const isAllowed = allowedNames.length === 0 || allowedNames.includes(commonName(certificate));
    const user = isAllowed ? proxiedUser(request, proxies) : undefined;
    if (user) return user;
  }
  return clients !== undefined && isSignedBy(certificate, clients, now) ? userOfCertificate(certificate) : undefined;
}

function withGroup(user: UserInfo): UserInfo {
  if (user.groups.includes(AUTHENTICATED) || user.groups.includes(UNAUTHENTICATED)) return user;
  return { ...user, groups: [...user.groups, AUTHENTICATED] };
}

/** A connection keeps what was shown when it was made: another one may be accepted. */
function unauthorized(request: IncomingMessage): StatusError {
  const isEncrypted = 'encrypted' in request.socket;
  return new StatusError(UNAUTHORIZED, isEncrypted ? { Connection: 'close' } : {});
}
