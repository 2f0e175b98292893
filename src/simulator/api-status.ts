/**
 * Errors as the API server answers them, with its own texts.
 * https://github.com/kubernetes/apimachinery/blob/v0.35.4/pkg/api/errors/errors.go
 */

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

/** Thrown by the server's own code to answer a request with. */
export class StatusError extends Error {
  override readonly name = 'StatusError';
  readonly status: Status;
  readonly headers: Readonly<Record<string, string>>;

  constructor(status: Status, headers: Readonly<Record<string, string>> = {}) {
    super(status.message);
    this.status = status;
    this.headers = headers;
  }
}

function failure(
  code: number,
  message: string,
  reason?: string,
  more: { readonly details?: Status['details']; readonly continue?: string } = {},
): Status {
  return {
    kind: 'Status',
    apiVersion: 'v1',
    metadata: more.continue === undefined ? {} : { continue: more.continue },
    status: 'Failure',
    message,
    ...(reason !== undefined && { reason }),
    ...(more.details && { details: more.details }),
    code,
  };
}

export const UNAUTHORIZED = failure(401, 'Unauthorized', 'Unauthorized');
export const METHOD_NOT_ALLOWED = failure(
  405,
  'the server does not allow this method on the requested resource',
  'MethodNotAllowed',
  { details: {} },
);
export const NO_RESOURCE = failure(404, 'the server could not find the requested resource', 'NotFound', {
  details: {},
});
export const WATCH_EXPIRED = failure(410, 'The resourceVersion for the provided watch is too old.', 'Expired');
export const LIST_EXPIRED = failure(410, 'The resourceVersion for the provided list is too old.', 'Expired');
export const SERVER_ERROR = failure(500, 'etcdserver: request timed out');
export const CONTINUE_AND_VERSION = badRequest('specifying resource version is not allowed when using continue');

/** `inconsistent` is a token that goes on from the same key, in the state of then. */
export function continueExpired(inconsistent: string): Status {
  const message =
    'The provided continue parameter is too old to display a consistent list result. ' +
    'You can start a new list without the continue parameter, ' +
    'or use the continue token in this response to retrieve the remainder of the results. ' +
    'Continuing with the provided token results in an inconsistent list - ' +
    'objects that were created, modified, or deleted between the time the first chunk was returned and now may show up in the list.';
  return failure(410, message, 'Expired', { continue: inconsistent });
}

export function badRequest(message: string): Status {
  return failure(400, message, 'BadRequest');
}

/** Of a watch the API server finds it out only when it has begun to answer, and calls it an error of its own. */
export function badResourceVersion(value: string, isWatch: boolean): Status {
  const message = `resourceVersion: Invalid value: "${value}": strconv.ParseUint: parsing "${value}": invalid syntax`;
  return isWatch ? failure(500, message) : badRequest(`invalid resource version: ${message}`);
}

export function versionTooLarge(wanted: number, current: number): Status {
  const causes = [{ reason: 'ResourceVersionTooLarge', message: 'Too large resource version' }];
  const message = `Timeout: Too large resource version: ${wanted}, current: ${current}`;
  return failure(504, message, 'Timeout', { details: { causes } });
}

export function notFound({ group, resource }: Pick<Attempt, 'group' | 'resource'>, name: string): Status {
  const what = `${resource}${group && `.${group}`}`;
  const details = { name, ...(group && { group }), kind: resource };
  return failure(404, `${what} "${name}" not found`, 'NotFound', { details });
}

export interface Attempt {
  readonly verb: 'get' | 'list' | 'watch';
  readonly group: string;
  readonly resource: string;
  readonly namespace?: string;
  readonly name?: string;
}

export function forbidden(attempt: Attempt): Status {
  const { verb, group, resource, namespace, name } = attempt;
  const where = namespace === undefined ? 'at the cluster scope' : `in the namespace "${namespace}"`;
  const what = `${resource}${group && `.${group}`}${name === undefined ? '' : ` "${name}"`}`;
  const message = `${what} is forbidden: User "tidings" cannot ${verb} resource "${resource}" in API group "${group}" ${where}`;
  const details = { ...(name !== undefined && { name }), ...(group && { group }), kind: resource };
  return failure(403, message, 'Forbidden', { details });
}
