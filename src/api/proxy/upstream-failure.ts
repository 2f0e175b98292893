import type { ServerResponse } from 'node:http';
import { connectionProblem } from '../../util/connection-problem.ts';
import { sendJson } from '../send-json.ts';
import { failure, type Status } from '../status-error.ts';

const RETRY_AFTER_SECONDS = 1;

export interface UpstreamFailure {
  readonly status: Status;
  readonly headers: Readonly<Record<string, string>>;
}

/**
 * What a caller is told when the API server gave no answer. client-go makes every request again that is answered with
 * Retry-After, so that is said only where it cannot do anything twice.
 * https://github.com/kubernetes/client-go/blob/v0.35.4/rest/with_retry.go
 */
export function upstreamFailure(error: unknown, isRepeatable: boolean): UpstreamFailure {
  const problem = `the API server behind Tidings did not answer: ${connectionProblem(error).found}`;
  if (!isRepeatable) return { status: failure(502, problem), headers: {} };
  const details = { retryAfterSeconds: RETRY_AFTER_SECONDS };
  return {
    status: failure(503, problem, { reason: 'ServiceUnavailable', details }),
    headers: { 'Retry-After': String(RETRY_AFTER_SECONDS) },
  };
}

export function sendFailure(response: ServerResponse, { status, headers }: UpstreamFailure): void {
  if (response.headersSent || response.destroyed) response.destroy();
  else sendJson(response, status.code, status, headers);
}
