/**
 * Errors as the API server answers them, in its own words: clients read them, and people know them.
 * https://github.com/kubernetes/apimachinery/blob/v0.35.4/pkg/api/errors/errors.go
 */
import { resourceOf } from './event-group.ts';

export interface Status {
  readonly kind: 'Status';
  readonly apiVersion: 'v1';
  readonly metadata: { readonly continue?: string };
  readonly status: 'Failure';
  readonly message: string;
  readonly reason?: string;
  readonly details?: Readonly<Record<string, unknown>>;
  readonly code: number;
}

/** Thrown to answer a request with. */
export class StatusError extends Error {
  override readonly name = 'StatusError';
  readonly status: Status;
  readonly headers: Readonly<Record<string, string>>;

  constructor(status: Status, headers: Readonly<Record<string, string>> = {}, options: ErrorOptions = {}) {
    super(status.message, options);
    this.status = status;
    this.headers = headers;
  }
}

export function failure(code: number, message: string, more: Partial<Pick<Status, 'reason' | 'details'>> = {}): Status {
  const { reason, details } = more;
  return {
    kind: 'Status',
    apiVersion: 'v1',
    metadata: {},
    status: 'Failure',
    message,
    ...(reason !== undefined && { reason }),
    ...(details && { details }),
    code,
  };
}

export const NO_RESOURCE = failure(404, 'the server could not find the requested resource', {
  reason: 'NotFound',
  details: {},
});
export const UNAUTHORIZED = failure(401, 'Unauthorized', { reason: 'Unauthorized' });
/** Nobody can say whether the caller may. */
export const UNAVAILABLE = failure(503, 'the server is currently unable to handle the request', {
  reason: 'ServiceUnavailable',
  details: { retryAfterSeconds: 1 },
});
/** Of one caller, or of all. */
export const TOO_MANY_REQUESTS = failure(429, 'Too many requests, please try again later.', {
  reason: 'TooManyRequests',
  details: { retryAfterSeconds: 1 },
});

/** What somebody may not do. https://github.com/kubernetes/apiserver/blob/v0.35.4/pkg/endpoints/handlers/responsewriters/errors.go */
export interface ForbiddenAttempt {
  readonly user: string;
  readonly verb: string;
  readonly group: string;
  readonly namespace?: string;
  readonly name?: string;
  /** The authorizer's own words. */
  readonly reason?: string | undefined;
}

export function forbidden({ user, verb, group, namespace, name, reason }: ForbiddenAttempt): StatusError {
  const place = namespace ? `in the namespace ${JSON.stringify(namespace)}` : 'at the cluster scope';
  const what = `User ${JSON.stringify(user)} cannot ${verb} resource "events" in API group ${JSON.stringify(group)} ${place}`;
  const subject = name ? `${resourceOf(group)} ${JSON.stringify(name)}` : resourceOf(group);
  const details = { ...(name && { name }), ...(group && { group }), kind: 'events' };
  return refused(`${subject} is forbidden: ${what}${reason ? `: ${reason}` : ''}`, details);
}

export function forbiddenPath(
  user: string,
  { verb, path }: { readonly verb: string; readonly path: string },
  reason?: string,
): StatusError {
  const what = `User ${JSON.stringify(user)} cannot ${verb} path ${JSON.stringify(path)}`;
  return refused(`forbidden: ${what}${reason ? `: ${reason}` : ''}`, {});
}

export function refused(message: string, details: Status['details'] & object): StatusError {
  return new StatusError(failure(403, message, { reason: 'Forbidden', details }), {
    'X-Content-Type-Options': 'nosniff',
  });
}
