/** What a failed request means for the scope that made it. */
import type { ScopeStatus } from '../../component/source.ts';
import { AppError, messageOf } from '../../core/errors.ts';
import type { Scope } from '../../core/record.ts';
import { ApiStatusError } from './api-status.ts';
import { placeOf } from './scopes.ts';

export type Verb = 'list' | 'watch';

export interface ScopeFailure {
  /**
   * `expired`: the server no longer has what was asked for. `damaged`: bytes that are not JSON. Otherwise the state in
   * which the scope is until a request succeeds.
   */
  readonly kind: 'expired' | 'damaged' | Extract<ScopeStatus['state'], 'refused' | 'unreachable'>;
  /** For people. */
  readonly problem: string;
  /** How long the server asks to wait. */
  readonly retryAfterMs?: number;
}

export function scopeFailure(error: unknown, verb: Verb, scope: Scope): ScopeFailure {
  const message = messageOf(error);
  if (error instanceof ApiStatusError) {
    if (isExpired(error)) return { kind: 'expired', problem: message };
    if (error.status === 401) return { kind: 'refused', problem: `credentials are not accepted: ${message}` };
    if (error.status === 403) {
      return {
        kind: 'refused',
        problem: `RBAC rule missing: verb "${verb}" on resource "events" in ${placeOf(scope)}: ${message}`,
      };
    }
    return {
      kind: 'unreachable',
      problem: message,
      ...(error.retryAfterMs !== undefined && { retryAfterMs: error.retryAfterMs }),
    };
  }
  if (error instanceof AppError && error.code === 'CREDENTIALS_FAILED') return { kind: 'refused', problem: message };
  if (error instanceof AppError && error.code === 'EVENT_INVALID') return { kind: 'damaged', problem: message };
  return { kind: 'unreachable', problem: message };
}

/**
 * As an HTTP status or as the code of an ERROR frame, with either reason.
 * https://github.com/kubernetes/apimachinery/blob/v0.35.4/pkg/api/errors/errors.go (IsResourceExpired, IsGone)
 */
export function isExpired(error: ApiStatusError): boolean {
  return error.status === 410 || error.reason === 'Expired' || error.reason === 'Gone';
}
