import type { Outcome } from '../component/sink.ts';
import { AppError } from '../core/errors.ts';

/** An Authorization header, or why there is none. */
export type Authorization = { readonly header: string } | { readonly failed: Outcome };

/** What the Authorization header of requests is. */
export interface Authentication {
  /** Rejects with an AppError when what it needs of this machine cannot be used. */
  check(): Promise<void>;
  /** Rejects only with the signal's reason. */
  current(signal: AbortSignal): Promise<Authorization>;
  /** What to try after `refused` was answered with 401: another header, or the same when there is none. Else as `current`. */
  renew(refused: string, signal: AbortSignal): Promise<Authorization>;
  /** What no text may hold, as far as it is known by now. */
  secrets(): readonly string[];
  close(): Promise<void>;
}

/** https://www.rfc-editor.org/rfc/rfc6750#section-2.1 Throws an AppError for what no header can hold. */
export function bearer(token: string, origin: string): string {
  if (/^[\x21-\x7e]+$/.test(token)) return `Bearer ${token}`;
  const problem = `use the token of ${origin}: found a blank or another character that no token has`;
  throw new AppError('CREDENTIALS_FAILED', problem);
}

/** https://www.rfc-editor.org/rfc/rfc7617#section-2 */
export function basic(username: string, password: string): string {
  return `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}`;
}
