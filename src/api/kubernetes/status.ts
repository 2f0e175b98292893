/**
 * What the API server answers to reads of events that it cannot serve, in its own words.
 * https://github.com/kubernetes/apimachinery/blob/v0.35.4/pkg/api/errors/errors.go
 */
import { resourceOf } from '../event-group.ts';
import { failure, type Status, StatusError } from '../status-error.ts';

export const METHOD_NOT_ALLOWED = failure(405, 'the server does not allow this method on the requested resource', {
  reason: 'MethodNotAllowed',
  details: {},
});
export const WATCH_EXPIRED = failure(410, 'The resourceVersion for the provided watch is too old.', {
  reason: 'Expired',
});
export const LIST_EXPIRED = failure(410, 'The resourceVersion for the provided list is too old.', {
  reason: 'Expired',
});
/** What the API server says while its watch cache fills; clients try again. */
export const NOT_LISTED = failure(429, 'storage is (re)initializing', {
  reason: 'TooManyRequests',
  details: { retryAfterSeconds: 1 },
});

export function badRequest(message: string): StatusError {
  return new StatusError(failure(400, message, { reason: 'BadRequest' }));
}

export function notFound(group: string, name: string): StatusError {
  const details = { name, ...(group && { group }), kind: 'events' };
  return new StatusError(failure(404, `${resourceOf(group)} "${name}" not found`, { reason: 'NotFound', details }));
}

export function versionTooLarge(wanted: number, current: number): Status {
  const causes = [{ reason: 'ResourceVersionTooLarge', message: 'Too large resource version' }];
  const message = `Timeout: Too large resource version: ${wanted}, current: ${current}`;
  return failure(504, message, { reason: 'Timeout', details: { causes } });
}

/** `inconsistent` is a token that goes on from the same place, in the state of now. */
export function continueExpired(inconsistent: string): StatusError {
  const message =
    'The provided continue parameter is too old to display a consistent list result. ' +
    'You can start a new list without the continue parameter, ' +
    'or use the continue token in this response to retrieve the remainder of the results. ' +
    'Continuing with the provided token results in an inconsistent list - ' +
    'objects that were created, modified, or deleted between the time the first chunk was returned and now may show up in the list.';
  return new StatusError({ ...failure(410, message, { reason: 'Expired' }), metadata: { continue: inconsistent } });
}

export interface InvalidField {
  readonly field: string;
  readonly reason: 'FieldValueForbidden' | 'FieldValueNotSupported';
  readonly message: string;
}

/** Options that contradict each other. */
export function invalidListOptions(problems: readonly InvalidField[]): StatusError {
  const texts = problems.map(({ field, message }) => `${field}: ${message}`);
  const text = texts.length > 1 ? `[${texts.join(', ')}]` : texts.join('');
  const causes = problems.map(({ field, reason, message }) => ({ reason, message, field }));
  const details = { group: 'meta.k8s.io', kind: 'ListOptions', causes };
  return new StatusError(
    failure(422, `ListOptions.meta.k8s.io "" is invalid: ${text}`, { reason: 'Invalid', details }),
  );
}
