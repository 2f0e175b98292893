/** What an answer, or that there is none, means for what a request carried: one table for every sink. */
import { STATUS_CODES } from 'node:http';
import type { FailureReason, Outcome } from '../component/sink.ts';
import { TLS_ADVICE } from '../config/tls-files.ts';
import { AppError } from '../core/errors.ts';
import { connectionProblem } from '../util/connection-problem.ts';
import { retryAfterMs } from '../util/retry-after.ts';
import type { Received } from './_http-exchange.ts';

/** Longer than that nobody is taken at their word: who is back sooner gets the events sooner. */
const MAX_RETRY_AFTER_MS = 600_000;

/**
 * Statuses that say nothing against the item itself: it is offered again, in order, until the operator, or time, has
 * mended what is wrong.
 * - 3xx: no redirect is followed, since it would take the events and the credentials elsewhere; the operator mends the
 *   address, as with a 404.
 * - 401, 403, 407: credentials are replaced.
 * - 404: the address is wrong, or what is behind it is being replaced (an ingress says 404 meanwhile). As with
 *   credentials the mistake is not the event's, and an operator who mends it wants those that came before as well.
 * - 408, 425, 429 and every 5xx: the other side says that it is busy or broken. A 5xx nobody knows is a 500:
 *   https://www.rfc-editor.org/rfc/rfc9110.html#name-status-codes
 */
const RETRIED: Readonly<Record<number, FailureReason>> = {
  401: 'unauthorized',
  403: 'unauthorized',
  404: 'not_found',
  407: 'unauthorized',
  408: 'timeout',
  425: 'server_error',
  429: 'rate_limited',
  504: 'timeout',
};

/** `problem` puts what was found, which begins with the title, behind the name of the request. */
export function statusOutcome(
  status: number,
  headers: Received['headers'],
  problem: (found: string) => string,
): Outcome {
  if (status >= 200 && status <= 299) return { status: 'ok' };
  const reason = RETRIED[status] ?? reasonOfClass(status);
  const title = `${status} ${STATUS_CODES[status] ?? ''}`.trimEnd();
  if (reason === undefined) {
    return { status: 'reject', reason: status === 413 ? 'too_large' : 'invalid', problem: problem(title) };
  }
  const afterMs = retryAfterMs(headers);
  return {
    status: 'retry',
    reason,
    problem: problem(title),
    ...(afterMs !== undefined && { afterMs: Math.min(MAX_RETRY_AFTER_MS, afterMs) }),
  };
}

function reasonOfClass(status: number): FailureReason | undefined {
  if (status >= 500) return 'server_error';
  return status >= 300 && status <= 399 ? 'not_found' : undefined;
}

const TIMEOUTS = new Set(['UND_ERR_CONNECT_TIMEOUT', 'ETIMEDOUT']);

/** The outcome where there was no answer, or only a part of one. */
export function failedOutcome(error: unknown, problem: (found: string) => string): Outcome {
  if (error instanceof Error && error.name === 'TimeoutError') {
    return { status: 'retry', reason: 'timeout', problem: problem(error.message) };
  }
  if (error instanceof AppError) return { status: 'retry', reason: 'unauthorized', problem: problem(error.message) };
  const { code, found, hint, certificate } = connectionProblem(error);
  // What undici says when a proxy wants other credentials, with a tunnel and without.
  const isRefused = /\(407\)/.test(found);
  const reason = isRefused ? 'unauthorized' : TIMEOUTS.has(code) ? 'timeout' : 'unreachable';
  const advice = hint ?? (certificate && TLS_ADVICE[certificate]);
  return { status: 'retry', reason, problem: problem(advice === undefined ? found : `${found}. ${advice}`) };
}
