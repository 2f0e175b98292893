/**
 * Every error Tidings throws on purpose has a code from this table; `docs/reference/errors.md` is generated from it.
 * Retired codes stay listed, so that a code never changes its meaning.
 */
export const ERRORS = {
  CONFIG_INVALID: { exitCode: 2, summary: 'The configuration cannot be used; every problem is listed.' },
  USAGE: { exitCode: 2, summary: 'A command was called with arguments it does not understand.' },
  KUBECONFIG_INVALID: { exitCode: 2, summary: 'The kubeconfig cannot be read or names something it does not define.' },
  CREDENTIALS_FAILED: { exitCode: 1, summary: 'A token file, certificate or exec plugin gave no usable credentials.' },
  API_REQUEST_FAILED: { exitCode: 1, summary: 'The API server could not be reached or answered with an error.' },
  EVENT_INVALID: { exitCode: 1, summary: 'An object is not an event that can be stored.' },
  STORE_NOT_FOUND: { exitCode: 1, summary: 'There is no store in the data directory.' },
  STORE_NEWER: { exitCode: 1, summary: 'The store was written by a newer version of Tidings.' },
  STORE_DAMAGED: { exitCode: 1, summary: 'The store is damaged or not a Tidings store.' },
  STORE_LOCKED: { exitCode: 1, summary: 'Another process writes to the store.' },
  STORE_READ_ONLY: { exitCode: 1, summary: 'The store or its directory cannot be written to.' },
  STORE_FULL: { exitCode: 1, summary: 'The volume of the store has no space left.' },
  STORE_FAILED: { exitCode: 1, summary: 'The store could not be read or written for another reason.' },
  CURSOR_INVALID: { exitCode: 1, summary: 'A cursor is not one of this log, or lies before what the log still holds.' },
  FILTER_INVALID: { exitCode: 2, summary: 'A filter cannot be used: its syntax, a name, a type or its size.' },
  REGULAR_EXPRESSION_INVALID: { exitCode: 2, summary: 'A regular expression is not one RE2 accepts, or is too large.' },
  TEMPLATE_INVALID: { exitCode: 1, summary: 'A Go template cannot be parsed.' },
  SINK_FAILED: { exitCode: 1, summary: 'A sink did not take what was sent to it.' },
  SINK_NOT_FOUND: { exitCode: 2, summary: 'There is no sink of that name.' },
  ADMIN_FAILED: { exitCode: 1, summary: 'A running Tidings could not be asked, or did not do what it was asked.' },
  REMOTE_FAILED: { exitCode: 1, summary: 'A Tidings elsewhere could not be reached or answered with an error.' },
  COLLECTOR_FAILED: { exitCode: 1, summary: 'The thread that collects ended, or did not answer in time.' },
  LISTEN_FAILED: { exitCode: 1, summary: 'An address cannot be listened on.' },
} as const satisfies Record<string, { exitCode: 1 | 2; summary: string }>;

export type ErrorCode = keyof typeof ERRORS;

export interface AppErrorOptions {
  readonly cause?: unknown;
  /** What the operator can do about it, one sentence. */
  readonly hint?: string;
}

/**
 * An error for an operator. The message names the action that failed, what was found and what is wanted, as in
 * `use server: found "ftp://a", want plain HTTP`, without a final period, and never contains a secret.
 */
export class AppError extends Error {
  override readonly name = 'AppError';
  readonly code: ErrorCode;
  readonly hint: string | undefined;

  constructor(code: ErrorCode, message: string, options: AppErrorOptions = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.code = code;
    this.hint = options.hint;
  }

  get exitCode(): 1 | 2 {
    return ERRORS[this.code].exitCode;
  }
}

/** The message of anything that was thrown. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

/** What callers may be told who are not the operator: a message may name files. The log has it. */
export function summaryOf(error: unknown): string {
  return error instanceof AppError ? ERRORS[error.code].summary : 'The log of Tidings says why.';
}
