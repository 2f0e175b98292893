/** What went wrong at another process that runs Tidings, in the words of this one. */
import type { ProblemDetails } from '../api/json/problem.ts';
import { AppError, type AppErrorOptions, ERRORS, type ErrorCode } from '../core/errors.ts';

/** No answer, or one that says no. */
export class RemoteFailure extends AppError {
  /** Absent: there was no answer. */
  readonly status: number | undefined;

  constructor(message: string, { status, ...options }: AppErrorOptions & { readonly status?: number } = {}) {
    super('REMOTE_FAILED', message, options);
    this.status = status;
  }

  /** Whether the same may succeed later. */
  get mayPass(): boolean {
    return this.status === undefined || PASSING.has(this.status);
  }
}

/** https://www.rfc-editor.org/rfc/rfc9110.html#name-status-codes */
const PASSING: ReadonlySet<number> = new Set([429, 502, 503, 504]);

/** What the same program would have said here. */
export function remoteProblem(problem: ProblemDetails): AppError {
  const { hint } = problem;
  return new AppError(codeOf(problem), placed(problem), hint === undefined ? {} : { hint });
}

/** Its store is not read here. */
function codeOf({ code = '', status }: ProblemDetails): ErrorCode {
  if (Object.hasOwn(ERRORS, code) && !code.startsWith('STORE_')) return code as ErrorCode;
  return status === 400 ? 'USAGE' : 'REMOTE_FAILED';
}

/** By the names that filters have on the command line. */
function placed({ detail, parameter, position }: ProblemDetails): string {
  if (!position) return detail;
  return `${parameter === 'q' ? 'search' : 'filter'}:${position.line}:${position.column}: ${detail}`;
}
